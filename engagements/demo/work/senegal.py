"""Engagements of institutions in Senegal and Morocco."""

from engagements.demo.shapes import Held, Line, Result, Work

WORKS = (
    Work(
        "thies-froid",
        "awa.ndiaye",
        "application",
        "Je suis une ancienne de votre centre, promotion 2008, seule fille de la section froid. Je forme aujourd'hui "
        "des adultes à Marseille. Je peux venir deux fois trois semaines et préparer le reste à distance avec vos "
        "formateurs. Dites-moi ce qui manque, je viens avec.",
        proposed=195,
        accepted=192,
        state="wrapping_up",
        goal="Deux bancs d'essai remis en marche, huit travaux pratiques écrits et donnés, un examen blanc passé par "
        "trente apprentis.",
        hours=80,
        agreed=185,
        started=160,
        ends=10,
        changed=6,
        lines=(
            Line(
                192,
                "09:50",
                "focal",
                "Awa! Monsieur Diouf se souvient de vous, il dit que vous aviez démonté le frigo de la cantine. "
                "Bienvenue à la maison.",
            ),
            Line(
                192,
                "18:15",
                "expert",
                "Il marchait mieux après, qu'il le dise aussi! Pouvez-vous m'envoyer des photos des deux bancs, "
                "surtout des plaques?",
            ),
            Line(
                188,
                "11:30",
                "bineta.sarr",
                "Voilà les photos. Le compresseur de gauche ronfle depuis l'hivernage. Jërëjëf de venir.",
            ),
            Line(
                118,
                "20:05",
                "expert",
                "Premier séjour terminé. Bineta soude mieux que moi, ne le répétez pas. Je vous envoie les quatre "
                "premières fiches dimanche.",
            ),
            Line(
                62,
                "08:40",
                "bineta.sarr",
                "J'ai donné le TP 3 seule: charge et recherche de fuite. Trois groupes, aucune fuite à la fin. "
                "Alhamdoulilah.",
            ),
            Line(
                7,
                "17:20",
                "expert",
                "Vingt-sept reçus sur trente à l'examen blanc. Je crois que nous pouvons conclure. J'ai mis le "
                "matériel restant dans l'armoire bleue, la clé est chez Bineta.",
            ),
            Line(
                6,
                "10:10",
                "focal",
                "Le centre vous doit une fière chandelle. Je rassemble les chiffres et je remplis notre part cette "
                "semaine, inch'Allah.",
            ),
        ),
        sessions=(
            Held(158, 120, "introductions", 4, "Inventaire de l'atelier par vidéo"),
            Held(138, 840, "hands_on", 9, "Premier séjour: bancs d'essai démontés et remis en marche"),
            Held(124, 960, "training", 32, "Premier séjour: TP 1 et 2"),
            Held(90, 180, "document_review", 3, "Fiches 3 à 6"),
            Held(40, 900, "training", 31, "Second séjour: TP 5 à 8"),
            Held(12, 480, "training", 30, "Examen blanc"),
        ),
        of_expert=Result(
            "achieved",
            ("information", "capacity"),
            "L'atelier tourne sans moi. Bineta donne la moitié des travaux pratiques seule.",
            33,
        ),
    ),
    Work(
        "niayes-irrigation",
        "cheikh.diop",
        "invitation",
        "Grand frère Cheikh, votre oncle de Mboro nous a montré vos serres en photo. Nous voulons passer douze "
        "parcelles au goutte-à-goutte avec des pompes solaires. Pouvez-vous nous aider à ne pas faire les erreurs "
        "des autres?",
        proposed=31,
        accepted=28,
        state="scheduled",
        goal="Un plan par parcelle et six parcelles converties avec l'équipe de la coopérative; les six autres par "
        "elle seule.",
        hours=50,
        agreed=19,
        started=None,
        ends=95,
        lines=(
            Line(
                28,
                "13:45",
                "expert",
                "Khady, c'est oui. Mais je commence par l'eau: envoyez-moi la profondeur des puits en mai, pas en "
                "octobre. Tout le monde ment avec le mois d'octobre.",
            ),
            Line(
                27,
                "16:00",
                "modou.seck",
                "Mesuré ce matin sur neuf puits: entre 6,2 et 11 mètres. Je fais les trois autres vendredi.",
            ),
            Line(
                20,
                "19:30",
                "expert",
                "Très bien. Alors trois tailles de pompe suffisent. Je prépare un plan type, vous me direz s'il plaît "
                "aux familles.",
            ),
            Line(
                5,
                "09:15",
                "focal",
                "Les douze familles ont signé. La première réunion est fixée au retour de la lune, vers la fin de la "
                "semaine prochaine. On vous attend à l'écran et sur place en décembre.",
            ),
        ),
    ),
    Work(
        "niayes-epargne",
        "ndeyecoumba.gueye",
        "application",
        "Je travaille depuis douze ans sur l'épargne des femmes qui n'ont pas de banque. Mes premières clientes "
        "étaient mes tantes de Thiès. Je propose quatre séances en wolof, sans diapositives, avec un jeu de cartes "
        "que nous dessinerons ensemble.",
        proposed=540,
        accepted=537,
        state="followed_up",
        goal="Soixante productrices comparent deux crédits et choisissent; huit animatrices refont l'atelier sans moi.",
        hours=18,
        agreed=531,
        started=524,
        ends=-400,
        changed=34,
        ended=405,
        lines=(
            Line(
                537,
                "12:20",
                "focal",
                "Vos tantes vous ont bien élevée. Les femmes préfèrent le samedi après le marché, vers 15 h, avec du "
                "thé.",
            ),
            Line(
                536,
                "14:00",
                "expert",
                "Le thé est indispensable. J'apporte les cartes, vous apportez les vrais contrats de crédit, sans les "
                "noms.",
            ),
            Line(
                470,
                "18:10",
                "focal",
                "Séance 3 faite: elles ont trouvé toutes seules que le crédit «0 % de frais» était le plus cher. Il y "
                "a eu des cris.",
            ),
        ),
        sessions=(
            Held(522, 150, "training", 58, "Où part l'argent de la semaine de l'engrais"),
            Held(501, 150, "training", 61, "Tontine, coopérative, microcrédit: comparer"),
            Held(471, 150, "training", 55, "Lire un contrat à voix haute"),
            Held(446, 180, "training", 8, "Former les huit animatrices"),
            Held(425, 240, "mentoring", 8, "Deux ateliers donnés par les animatrices, observés"),
        ),
        of_expert=Result(
            "achieved",
            ("information", "knowledge", "capacity"),
            "Le jeu de cartes appartient à la coopérative. Huit femmes l'animent mieux que je ne le ferais.",
            60,
        ),
        of_institution=Result(
            "achieved",
            ("information", "capacity"),
            "Cinq villages ont refait l'atelier. Quarante et une femmes ont quitté le crédit le plus cher.",
            260,
        ),
    ),
    Work(
        "oujda-electricite",
        "hamza.idrissi",
        "application",
        "J'ai appris le métier à Oujda et je fais passer les examens d'électricien à Madrid. Je peux préparer les "
        "douze travaux pratiques à distance et venir deux semaines. Votre méthode de contrôle avant mise sous "
        "tension, nous l'écririons ensemble.",
        proposed=46,
        accepted=42,
        state="cancelled",
        goal="Douze travaux pratiques avec fiche et barème.",
        hours=36,
        changed=30,
        reason="need_changed",
        lines=(
            Line(
                42,
                "15:30",
                "focal",
                "Merci Monsieur Idrissi, quelle chance pour nous. Je vous propose un appel lundi pour fixer les dates.",
            ),
            Line(38, "17:10", "expert", "Lundi 18 h, d'accord. Envoyez-moi la liste du matériel de l'atelier."),
            Line(
                31,
                "09:00",
                "focal",
                "Mauvaise nouvelle: l'atelier ferme deux mois pour travaux de toiture. Nous devons tout décaler. Je "
                "préfère annuler proprement et vous réécrire quand nous aurons une date.",
            ),
            Line(31, "18:45", "expert", "Pas de souci, la toiture d'abord. Réinvitez-moi quand c'est sec."),
        ),
    ),
)
