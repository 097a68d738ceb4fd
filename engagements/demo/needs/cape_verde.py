"""Needs of institutions in Cape Verde, in Portuguese."""

from engagements.demo.shapes import Request

REQUESTS = (
    Request(
        "assomada-solar",
        "assomada",
        "pt",
        "vocational",
        "Formar dez jovens em instalação solar para casas",
        "Há telhados, há sol e há clientes; faltam mãos formadas. Temos duas casas-modelo e ferramentas para dez "
        "pessoas.",
        "Dez jovens capazes de instalar e medir um sistema de 3 kW, com registo fotográfico do trabalho.",
        "Dois formadores do centro acompanham tudo e repetem o curso em cada semestre.",
        "training",
        "short_return_visit",
        60,
        skills=(
            ("solar-installation", "required", 3),
            ("electrical-installation", "required", 3),
            ("electrical-safety", "preferred", None),
            ("workshop-training", "optional", None),
        ),
        languages=(("pt", 5),),
        drafted=22,
        published=18,
        starts=30,
        closes=90,
    ),
    Request(
        "assomada-turismo",
        "assomada",
        "pt",
        "practical",
        "Preparar jovens guias para receber visitantes de outras culturas",
        "Doze jovens conhecem cada caminho da ilha, mas ficam calados diante de um grupo. Queremos confiança, inglês "
        "simples e saber lidar com o que corre mal.",
        "Um percurso guiado por cada jovem, filmado e comentado.",
        "Duas professoras do centro assistem e retomam o módulo no próximo curso.",
        "orientation",
        "remote",
        18,
        skills=(
            ("tour-guiding", "required", 2),
            ("cross-cultural-communication", "required", None),
            ("teach-languages", "optional", None),
        ),
        languages=(("pt", 5),),
        drafted=2,
        closes=80,
        fate="submitted",
    ),
    Request(
        "mindelo-peixe",
        "mindelo",
        "pt",
        "several",
        "Pôr a sala de processamento a funcionar: higiene, rótulos e preço",
        "A sala está pronta e licenciada. Falta o plano de higiene, a cadeia de frio até ao hotel e a coragem de "
        "pedir o preço justo.",
        "Plano HACCP escrito em linguagem de todos os dias, rótulos aprovados e três hotéis visitados.",
        "Dulce Lima dirige a sala; seis peixeiras revezam-se no controlo diário.",
        "short_assignment",
        "hybrid",
        45,
        skills=(
            ("haccp", "required", 3),
            ("fish-processing", "required", 3),
            ("food-cold-chain", "preferred", None),
            ("food-packaging", "optional", None),
        ),
        languages=(("pt", 5),),
        drafted=115,
        published=110,
        closes=45,
    ),
)
