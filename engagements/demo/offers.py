"""Proposals that wait for an answer, or that came to nothing."""

from engagements.demo.shapes import Offer

OFFERS = (
    Offer(
        "kef-cardio",
        "amina",
        "invitation",
        "Docteur Ben Salah, le docteur Mejri de Jendouba nous a parlé de vos soirées ECG. Notre module de cardiologie "
        "pour les étudiants infirmiers date de 2009. Accepteriez-vous de le réécrire avec trois enseignantes, à "
        "distance, d'ici la rentrée?",
        sent=3,
    ),
    Offer(
        "jendouba-tele",
        "amina",
        "application",
        "Chère Madame Gharbi, après l'ECG, voilà une suite qui me tient à cœur. À Lyon nous répondons chaque jour à "
        "des centres éloignés; je peux vous aider à écrire un circuit simple et à l'essayer avec vingt malades. Le "
        "jeudi à midi me convient toujours.",
        sent=2,
    ),
    Offer(
        "jendouba-tele",
        "hela.chaouachi",
        "invitation",
        "Bonjour Madame Chaouachi, nous voulons relier trois centres de santé à notre cardiologue. Vous l'avez fait "
        "au Québec dans des régions sans bonne connexion. Pourriez-vous nous conseiller?",
        sent=16,
        fate="declined",
        answered=13,
        reason="no_time",
        note="Un déploiement jusqu'en mars. Réécrivez-moi au printemps.",
    ),
    Offer(
        "jendouba-echo",
        "rachid.elamrani",
        "invitation",
        "Docteur El Amrani, vous avez accompagné deux hôpitaux régionaux au Maroc. Nos six médecins ont deux "
        "appareils neufs et quatre heures protégées par semaine. Seriez-vous prêt à nous aider à bien commencer?",
        sent=5,
        fate="viewed",
        answered=4,
    ),
    Offer(
        "gabes-solar",
        "yosra.mansouri",
        "invitation",
        "السلام عليكم مهندسة يسرى، أنت بنت قابس والورشة على بعد شارعين من معهدك القديم. عندنا ألواح حقيقية على السطح "
        "ومكوّنون متعطّشون للتعلّم. هل تأتين أسبوعين في الربيع؟",
        sent=9,
    ),
    Offer(
        "sahel-groupes",
        "ines.khelifi",
        "invitation",
        "Madame Khelifi, vingt de nos malades se sont inscrits à un groupe de parole et nous n'avons pas encore "
        "d'animatrice formée. Vous travaillez dans les deux langues. Voudriez-vous nous aider à lancer les six "
        "premières séances?",
        sent=7,
    ),
    Offer(
        "azilal-argan",
        "fatimazahra.ouhssain",
        "invitation",
        "السلام عليكم لالة فاطمة الزهراء، سمعنا أنك تشترين الزيوت في روتردام وأن أصلك من الأطلس. نبيع لوسيط واحد "
        "ونريد أن نتعلّم كيف نتفاوض. هل تمنحيننا ساعة كلّ أسبوعين؟",
        sent=26,
        fate="expired",
    ),
    Offer(
        "oujda-bim",
        "hamza.idrissi",
        "application",
        "Dans mon entreprise à Madrid nous avons comparé trois logiciels l'an dernier. Je ne vends rien et je peux "
        "vous montrer nos notes.",
        sent=52,
        fate="cancelled",
    ),
    Offer(
        "assomada-solar",
        "nelson.tavares",
        "application",
        "Instalei mais de trezentos telhados e dou formação ao sábado. Posso passar três semanas convosco em "
        "Fevereiro.",
        sent=15,
        fate="withdrawn",
        answered=12,
    ),
    Offer(
        "tamale-leaks",
        "youssef.benkirane",
        "application",
        "I work on old water networks in Toulouse and would be glad to help with the field training. My English is "
        "good enough for pipes.",
        sent=12,
        fate="superseded",
    ),
    Offer(
        "tamale-billing",
        "yaw.boateng",
        "application",
        "Thirty-one thousand meters is a good size: large enough to matter, small enough to finish. I did the same "
        "for a power company. I would begin with one ward and two clerks, and leave you a routine rather than a "
        "system.",
        sent=8,
        fate="info_requested",
        answered=7,
        question="Our meters are read on paper in two wards. Would you begin there, or where the readings are digital?",
    ),
    Offer(
        "volta-joinery",
        "esi.amankwah",
        "invitation",
        "Dear Ms Amankwah, our two joinery instructors build beautifully and sell badly. You run a workshop with "
        "apprentices. Would you mentor them for an hour a week?",
        sent=4,
        fate="info_requested",
        answered=3,
        question="An hour a week suits me. Could they send me photographs of three pieces first?",
    ),
    Offer(
        "volta-firstjob",
        "chiamaka.nwosu",
        "invitation",
        "Dear Ms Nwosu, our graduates quarrel with their first customers and lose. You teach people to keep talking. "
        "Could you give us four evenings?",
        sent=8,
        fate="declined",
        answered=6,
        reason="no_time",
    ),
    Offer(
        "volta-firstjob",
        "ifeoma.okeke",
        "application",
        "I have stood behind two market stalls and lost my first customer over a late delivery, so I know the "
        "subject. Four evenings with role plays: yes please. I am free on Thursdays.",
        sent=3,
    ),
    Offer(
        "fiche-equipment",
        "bereket.tesfaye",
        "application",
        "Half of the dead devices I have met were missing a fuse or a manual. Send me thirty photographs and I will "
        "tell you which ten to begin with. In February I am in Addis Ababa for two weeks and can come to Fiche.",
        sent=7,
    ),
    Offer(
        "addis-career",
        "almaz.worku",
        "application",
        "I helped four hundred newcomers in Oslo to name what they can do, and I would love to do it in Amharic for "
        "once. The interview guide exists; it needs your cases.",
        sent=2,
    ),
    Offer(
        "mombasa-mentors",
        "zainab.noor",
        "application",
        "I know little about freight and a lot about being the only woman in a room. If that helps, I am here.",
        sent=21,
        fate="withdrawn",
        answered=17,
    ),
    Offer(
        "kaduna-network",
        "yonas.gebremedhin",
        "application",
        "I read that the habits are still missing. I teach exactly that in an evening school, with examples from "
        "payments. Two hours, twice?",
        sent=1.4,
    ),
)
