"""Engagements of institutions in Cape Verde."""

from engagements.demo.shapes import Held, Line, Work

WORKS = (
    Work(
        "mindelo-peixe",
        "djamila.evora",
        "application",
        "Sou do Mindelo e trabalho há onze anos com a qualidade do pescado em Roterdão. Um plano HACCP não precisa de "
        "ter cem páginas: o vosso pode caber numa parede. Posso ajudar à distância todas as semanas e vir em Agosto.",
        proposed=96,
        accepted=93,
        state="active",
        goal="Plano de higiene na parede, rótulos aprovados e três hotéis a comprar todas as semanas.",
        hours=45,
        agreed=87,
        started=80,
        ends=45,
        lines=(
            Line(
                93,
                "12:00",
                "focal",
                "Filha do Ti Nhô, não é? O teu pai vendia-nos o melhor atum. Sê bem-vinda, Djamila.",
            ),
            Line(
                93,
                "18:30",
                "expert",
                "Sou eu! Que saudades. Vamos começar pelo gelo: quem o faz, a que horas, e quanto custa?",
            ),
            Line(
                66,
                "09:40",
                "dulce.lima",
                "Medimos a temperatura três vezes por dia, como combinado. Ao meio-dia sobe sempre: é quando a porta "
                "fica aberta.",
            ),
            Line(
                66,
                "13:15",
                "expert",
                "Óptimo trabalho, Dulce. Uma cortina de tiras resolve metade disso e custa menos do que um dia de "
                "peixe perdido.",
            ),
            Line(
                20,
                "17:50",
                "focal",
                "O hotel da praia provou e encomendou 30 quilos por semana! Choraram duas peixeiras e eu também.",
            ),
            Line(
                9,
                "10:30",
                "focal",
                "Djamila, pusemos uma dúvida nas horas da última sessão: nós contámos duas horas e meia, não quatro. "
                "Talvez a chamada com o hotel tenha ficado de fora?",
            ),
            Line(
                8, "19:05", "expert", "Tens razão, juntei a chamada com o hotel por engano. Vou corrigir esta semana."
            ),
        ),
        sessions=(
            Held(78, 120, "introductions", 6, "Visita à sala por vídeo"),
            Held(67, 150, "training", 7, "Pontos críticos e folha de temperaturas"),
            Held(52, 180, "document_review", 3, "Plano de higiene, primeira versão"),
            Held(33, 120, "teamwork", 5, "Rótulos: o que a lei pede e o que o hotel lê"),
            Held(
                11,
                240,
                "problem_solving",
                4,
                "Preço, entrega e conversa com o hotel",
                fate="disputed",
                note="Contámos duas horas e meia. A chamada com o hotel foi noutro dia e já está registada.",
            ),
        ),
    ),
)
