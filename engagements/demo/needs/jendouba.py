"""Needs of the regional hospital in Jendouba, in French and English."""

from engagements.demo.shapes import Request

REQUESTS = (
    Request(
        "jendouba-ecg",
        "jendouba",
        "fr",
        "vocational",
        "Apprendre à lire un ECG aux urgences, la nuit comme le jour",
        "Sept jeunes médecins assurent les gardes. Un tracé douteux part aujourd'hui par téléphone à Tunis, et la "
        "réponse arrive souvent trop tard. Nous voulons que l'équipe reconnaisse seule les dix tracés qui ne peuvent "
        "pas attendre.",
        "Un carnet de vingt tracés commentés et une conduite à tenir d'une page par tracé.",
        "Le docteur Mejri tient le carnet et reprend la séance avec chaque nouvelle équipe de garde.",
        "training",
        "remote",
        12,
        skills=(
            ("interpret-ecg", "required", 3),
            ("cardiology", "preferred", None),
            ("clinical-teaching", "optional", None),
        ),
        languages=(("fr", 5),),
        drafted=300,
        published=296,
        closes=-120,
        fate="closed",
        decided=165,
        note="met",
    ),
    Request(
        "jendouba-echo",
        "jendouba",
        "fr",
        "vocational",
        "Former six médecins à l'échocardiographie et à l'ECG",
        "L'hôpital a reçu deux appareils d'échographie. Personne ne sait s'en servir pour le cœur, et le cardiologue "
        "le plus proche est à deux heures de route. Six médecins de médecine et d'urgence sont volontaires, avec "
        "quatre heures protégées chaque semaine.",
        "Six médecins capables de répondre à cinq questions simples par échographie au lit du malade, avec un livret "
        "de vingt cas de l'hôpital.",
        "Le docteur Mejri et l'infirmière Rim Ayari suivent toute la formation et la redonnent à chaque nouvelle "
        "garde.",
        "training",
        "hybrid",
        24,
        skills=(
            ("echocardiography", "required", 3),
            ("interpret-ecg", "required", 3),
            ("clinical-teaching", "preferred", 2),
            ("cardiology", "preferred", None),
            ("telemedicine", "optional", None),
        ),
        languages=(("fr", 5), ("ar", 3)),
        drafted=14,
        published=12,
        starts=20,
        closes=75,
        places=2,
        is_urgent=True,
    ),
    Request(
        "jendouba-tele",
        "jendouba",
        "fr",
        "several",
        "Ouvrir une consultation de télécardiologie avec trois centres de santé",
        "Les malades de Tabarka, Ghardimaou et Bou Salem font jusqu'à 70 km pour un avis de dix minutes. Une "
        "connexion 4G existe dans les trois centres. Il nous manque le circuit: qui appelle, avec quels documents, "
        "et qui répond.",
        "Un circuit écrit, essayé pendant un mois avec vingt malades, et la liste de ce qu'il faut acheter ou ne pas "
        "acheter.",
        "Deux infirmières et une secrétaire tiennent l'agenda; elles forment ensuite les centres suivants.",
        "advisory",
        "remote",
        16,
        skills=(
            ("telemedicine", "required", 2),
            ("cardiology", "required", 3),
            ("telemedicine-platforms", "preferred", None),
            ("health-data-exchange", "optional", None),
        ),
        languages=(("fr", 5),),
        drafted=25,
        published=21,
        closes=50,
    ),
    Request(
        "jendouba-hygiene",
        "jendouba",
        "en",
        "vocational",
        "Train a hand hygiene and infection prevention team",
        "After two outbreaks on the surgical ward we counted: hands are cleaned before one contact in four. We have "
        "gel, posters and good will. We need somebody who has turned that into a habit elsewhere. English, Arabic or "
        "French, we will manage.",
        "Eight trained champions, a monthly observation round of twenty minutes, and a rate above sixty per cent "
        "after six months.",
        "The eight champions observe each other's wards; Rim Ayari coordinates them and presents the figures each "
        "quarter.",
        "training",
        "hybrid",
        40,
        skills=(
            ("infection-prevention", "required", 3),
            ("hand-hygiene-programme", "required", 3),
            ("train-trainers", "preferred", None),
            ("hospital-audit", "optional", None),
        ),
        languages=(("en", 3), ("ar", 3)),
        drafted=87,
        published=82,
        closes=40,
        places=2,
    ),
    Request(
        "jendouba-respirateurs",
        "jendouba",
        "fr",
        "vocational",
        "Entretenir nos quatre respirateurs et l'oxygène",
        "Quatre respirateurs, dont deux en panne depuis l'hiver. Le technicien est seul et a appris sur le tas.",
        "",
        "Notre technicien et celui du Kef.",
        "training",
        "short_return_visit",
        30,
        skills=(("medical-equipment-maintenance", "required", 3), ("medical-oxygen-systems", "preferred", None)),
        languages=(("fr", 4),),
        drafted=2,
        closes=90,
        fate="draft",
    ),
)
