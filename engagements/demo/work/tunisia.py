"""Engagements of institutions in Tunisia."""

from engagements.demo.shapes import Held, Line, Longer, Result, Work

WORKS = (
    Work(
        "jendouba-ecg",
        "amina",
        "invitation",
        "Docteur Ben Salah, je suis responsable de la formation à l'hôpital de Jendouba. Votre profil dit que vous "
        "enseignez la lecture de l'ECG: c'est exactement ce que nos jeunes médecins de garde demandent. Six soirées "
        "suffiraient pour commencer. Accepteriez-vous d'en parler?",
        proposed=285,
        accepted=283,
        state="completed",
        goal="Sept médecins de garde reconnaissent seuls les dix tracés qui ne peuvent pas attendre.",
        hours=12,
        agreed=279,
        started=270,
        ends=-150,
        changed=172,
        lines=(
            Line(
                283,
                "11:40",
                "expert",
                "Bonjour Madame Gharbi, avec plaisir. J'ai fait mon internat à Tunis et je me souviens bien des "
                "gardes sans cardiologue. Est-ce que les collègues préfèrent le soir?",
            ),
            Line(
                283,
                "14:05",
                "focal",
                "Merci docteur! Oui, le jeudi à 19 h, après la relève. La salle de staff a un écran et une connexion "
                "correcte.",
            ),
            Line(
                281,
                "18:20",
                "expert",
                "Parfait. Demandez-leur d'apporter un tracé qui leur a fait peur. On ne travaille que sur ceux-là.",
            ),
            Line(
                262,
                "20:10",
                "focal",
                "Première séance très appréciée. Ils sont restés une demi-heure de plus dans le couloir à discuter du "
                "tracé numéro 3 😊",
            ),
            Line(
                234,
                "07:15",
                "hichem.mejri",
                "Docteur, hier nuit le Dr Sassi a reconnu un bloc complet et a appelé le SAMU tout de suite. Le "
                "malade va bien. Il voulait que vous le sachiez.",
            ),
            Line(
                234,
                "12:50",
                "expert",
                "C'est la meilleure nouvelle de ma semaine. Bravo à lui. On ajoute ce tracé au carnet.",
            ),
            Line(
                172,
                "16:30",
                "focal",
                "الله يبارك فيك يا دكتورة. Le carnet est imprimé, un exemplaire dans chaque salle de garde.",
            ),
        ),
        sessions=(
            Held(263, 120, "training", 7, "Méthode de lecture en cinq questions, trois tracés de l'équipe"),
            Held(249, 120, "training", 6, "Infarctus: ce qu'on ne doit pas manquer"),
            Held(235, 120, "training", 7, "Blocs et bradycardies"),
            Held(221, 120, "training", 5, "Tachycardies larges et fines"),
            Held(207, 120, "document_review", 4, "Relecture du carnet de vingt tracés"),
            Held(186, 120, "training", 7, "Épreuve finale: vingt tracés, corrigée ensemble"),
        ),
        of_expert=Result(
            "achieved",
            ("information", "capacity"),
            "Les médecins lisent le tracé avec une méthode commune et s'appellent entre eux avant d'appeler Tunis. La "
            "suite logique: l'échographie.",
            7,
        ),
        of_institution=Result(
            "achieved",
            ("information", "knowledge", "capacity"),
            "Sept médecins formés, un carnet dans chaque salle de garde, deux malades adressés à temps le premier "
            "mois.",
            19,
        ),
    ),
    Work(
        "sahel-mentoring",
        "amina",
        "application",
        "Bonjour, je suis cardiologue à Lyon et je discute chaque semaine des cas d'insuffisance cardiaque avec des "
        "médecins de ville. Je propose de faire la même chose avec vos trois médecins, une heure toutes les deux "
        "semaines, le mardi à midi ou le samedi matin.",
        proposed=104,
        accepted=101,
        state="active",
        goal="Trente cas discutés et une feuille d'ajustement des diurétiques que les trois médecins utilisent.",
        hours=24,
        agreed=96,
        started=90,
        ends=80,
        longer=Longer(44, 6, "La feuille est traduite en arabe pour les patients.", is_accepted=True),
        lines=(
            Line(
                101,
                "17:30",
                "focal",
                "Chère consœur, vous tombez bien: nous avons douze dossiers sur la table et trois avis différents "
                "pour chacun. Mardi midi nous convient.",
            ),
            Line(
                100,
                "06:45",
                "expert",
                "Alors mardi. Envoyez-moi deux cas la veille, sans nom ni date de naissance, juste l'âge, le "
                "traitement et la question.",
            ),
            Line(
                76,
                "13:20",
                "sonia.belhaj",
                "Merci pour hier. J'ai diminué le furosémide de Mme K. comme convenu, elle marche jusqu'au marché. "
                "بارك الله فيك",
            ),
            Line(76, "19:02", "expert", "الحمد لله. Surveillez quand même le potassium dans dix jours, et dites-moi."),
            Line(
                41,
                "08:12",
                "focal",
                "Sonia a écrit une première version de la feuille diurétiques. Elle tient sur une page, recto "
                "seulement, promis.",
            ),
            Line(
                40,
                "12:35",
                "expert",
                "Je l'ai lue entre deux patients: très claire. Deux remarques: ajoutez le poids cible en haut, et une "
                "ligne «quand appeler». Le reste, n'y touchez plus.",
            ),
            Line(
                12,
                "18:40",
                "focal",
                "Nous sommes à vingt cas. Un malade de Ksar Hellal pose une vraie question de resynchronisation, on "
                "le garde pour la prochaine fois?",
            ),
            Line(11, "07:05", "expert", "Oui, gardons-le pour mardi. Demandez un ECG récent si possible."),
            Line(
                2,
                "16:10",
                "focal",
                "Séance de mardi enregistrée: 75 minutes, quatre cas. Pouvez-vous confirmer les heures quand vous "
                "avez une minute?",
            ),
            Line(
                1,
                "18:25",
                "sonia.belhaj",
                "دكتورة، سؤال صغير قبل الثلاثاء: مريض عمره 71 سنة، ضغطه 95 على 60 ولا يشكو من شيء. هل نُبقي على "
                "الجرعة نفسها؟",
            ),
        ),
        sessions=(
            Held(89, 60, "mentoring", 3, "Cas 1 à 3, règles du jeu"),
            Held(77, 60, "mentoring", 3, "Diurétiques: diminuer sans peur"),
            Held(63, 75, "mentoring", 3, "Cas 8 à 11, dont un refus d'hospitalisation"),
            Held(42, 60, "document_review", 2, "Première version de la feuille"),
            Held(27, 75, "mentoring", 3, "Bêtabloquants chez le malade fragile"),
            Held(14, 60, "mentoring", 4, "Cas 18 à 20, avec un jeune remplaçant"),
            Held(
                3,
                75,
                "mentoring",
                3,
                "Quatre cas, dont la question de resynchronisation",
                by="institution",
                fate="waiting",
            ),
        ),
    ),
    Work(
        "jendouba-hygiene",
        "omar.ferchichi",
        "invitation",
        "Dear Mr Ferchichi, we read that you built hand hygiene programmes in three hospitals, and that you grew up "
        "not far from us. Our surgical ward had two outbreaks this year. Would you help us to train a small team? We "
        "are happy with English, and with Arabic when my English runs out.",
        proposed=78,
        accepted=75,
        state="active",
        goal="Eight champions observe and coach on four wards; the hand hygiene rate is above sixty per cent after "
        "six months.",
        hours=40,
        agreed=70,
        started=62,
        ends=60,
        goals=(
            ("Eight champions observe a ward and say afterwards what they saw.", "achieved"),
            ("Two of them train the newcomers without help.", "in_progress"),
            ("The monthly rate hangs on every ward.", "open"),
        ),
        longer=Longer(5, 10, "The two wards of the maternity join."),
        lines=(
            Line(
                75,
                "10:15",
                "expert",
                "Dear Salma, Jendouba! My grandmother bought her copper pots at your market. Of course I will help. "
                "May I see the floor plan of the surgical ward first, and where the gel stands?",
            ),
            Line(
                75,
                "15:42",
                "focal",
                "Thank you, thank you. I send the plan tomorrow. The gel is at the nurses' desk only, I think this is "
                "already an answer 😅",
            ),
            Line(
                73,
                "08:30",
                "rim.ayari",
                "السلام عليكم سي عمر، أنا ريم من الاستعجالي. عدّدت اليوم: قارورة جل واحدة لأربعة عشر سريرا. والباقي "
                "في المخزن مقفول بالمفتاح.",
            ),
            Line(
                73,
                "12:10",
                "expert",
                "وعليكم السلام ريم، ملاحظة ممتازة. Whoever holds the key is the most important person of this "
                "programme. Who is it?",
            ),
            Line(
                72,
                "09:05",
                "focal",
                "It is Si Lotfi of the pharmacy. I will invite him to be champion number one. He likes to be asked.",
            ),
            Line(
                48,
                "19:20",
                "expert",
                "Two very good days with you. What I take home: Rim's way of giving feedback, first a question, then "
                "a smile, then the rule. I will steal it for London.",
            ),
            Line(
                47,
                "07:50",
                "rim.ayari",
                "شكرا على الزيارة. بدأنا الملاحظة هذا الصباح: 41 من 100. ليست جميلة لكنها صادقة.",
            ),
            Line(
                47,
                "13:00",
                "expert",
                "41 honest is better than 90 painted. Write it on the wall with the date. صدّقيني، بعد شهر سيتغيّر "
                "الرقم.",
            ),
            Line(
                16,
                "10:25",
                "focal",
                "New figure: 54! The surgeons asked why they are not on the wall yet. I said: because you are not at "
                "54.",
            ),
            Line(
                2,
                "17:35",
                "expert",
                "I logged today's call, ninety minutes with all eight. Next month I would like to hear Lotfi present, "
                "not me. Could you confirm the hours, and shall we fix the date of the second visit?",
            ),
        ),
        sessions=(
            Held(61, 90, "introductions", 5, "Walk through the ward by video, floor plan in hand"),
            Held(50, 420, "training", 9, "Visit, day one: five moments, on the ward"),
            Held(49, 420, "hands_on", 8, "Visit, day two: observing and giving feedback"),
            Held(30, 90, "problem_solving", 8, "First month: why nights are worse"),
            Held(16, 60, "document_review", 2, "Figures and wall chart"),
            Held(2, 90, "training", 8, "Champions present their wards", fate="waiting"),
        ),
    ),
)
