"""Engagements of institutions in Ghana and Nigeria."""

from engagements.demo.shapes import Held, Line, Result, Work

WORKS = (
    Work(
        "tamale-leaks",
        "kwabena.osei",
        "application",
        "I have spent sixteen years finding water that cities lose. Forty per cent is high but not hopeless; usually "
        "a third of it is pressure at night, which costs nothing to fix. I would start with your night flows and the "
        "oldest district, with your team doing the measuring.",
        proposed=9,
        accepted=6,
        state="agreeing",
        goal="A water balance for two districts, a repair list in order of litres saved, and a plan that the board "
        "adopts.",
        hours=60,
        agreed=4,
        ends=120,
        lines=(
            Line(
                6,
                "14:20",
                "focal",
                "Mr Osei, the team read your message aloud in the yard. Fuseini wants to know how you measure at "
                "night without extra pay for everyone.",
            ),
            Line(
                6,
                "20:40",
                "expert",
                "Tell Fuseini: loggers do the night shift, people sleep. I will lend you four. Can you send me the "
                "pump hours of the last two weeks?",
            ),
            Line(
                4,
                "09:25",
                "fuseini.yakubu",
                "Pump hours attached in my mail. Zone 3 runs all night, even when the tank is full. We never asked "
                "why.",
            ),
            Line(
                4,
                "21:15",
                "expert",
                "Then you have just found the first leak yourself. I have written the plan down with sixty hours; "
                "please look whether Rahinatu can agree to it.",
            ),
        ),
    ),
    Work(
        "volta-welding",
        "niiarmah.quaye",
        "invitation",
        "Dear Mr Quaye, last year two of our twenty welders passed the bend test. We have good machines and a patient "
        "instructor, and nobody who inspects for a living. Could you give us some weeks of your next leave?",
        proposed=312,
        accepted=308,
        state="completed",
        goal="Fourteen of twenty students pass a mock bend test, and Mawuli Dzisah runs the course alone.",
        hours=70,
        agreed=301,
        started=272,
        ends=-150,
        changed=158,
        lines=(
            Line(
                308,
                "08:15",
                "expert",
                "Chale, two of twenty hurts. I am off from the fifth, six weeks. I bring my gauges and my bad jokes.",
            ),
            Line(308, "10:00", "focal", "We can lodge you beside the lake. The jokes are welcome; the gauges more."),
            Line(
                240,
                "16:45",
                "mawuli.dzisah",
                "Today I taught vertical-up and you said nothing for two hours. I take that as praise.",
            ),
            Line(240, "17:30", "expert", "It was. Your hands are quieter than mine."),
            Line(160, "12:00", "focal", "Sixteen of twenty passed the mock test. Tema has asked for the list."),
        ),
        sessions=(
            Held(270, 480, "training", 20, "Positions, plates and safety"),
            Held(262, 960, "hands_on", 20, "Week one and two: root passes"),
            Held(248, 960, "hands_on", 20, "Week three and four: vertical and overhead"),
            Held(238, 900, "teamwork", 18, "Mawuli teaches, I watch"),
            Held(200, 240, "document_review", 2, "Course plan and marking sheet"),
            Held(162, 480, "training", 20, "Mock bend test"),
        ),
        of_expert=Result(
            "achieved",
            ("information", "knowledge", "capacity"),
            "The school owns the course now. Next year they need rods, not me.",
            20,
        ),
        of_institution=Result(
            "achieved",
            ("information", "capacity"),
            "Sixteen of twenty passed; eleven have been hired. Mawuli teaches the course alone.",
            20,
        ),
    ),
    Work(
        "kaduna-reading",
        "halima.sani",
        "invitation",
        "Dear Halima, our teachers have heard that children read sooner in Hausa and do not quite believe it. You "
        "have shown it in classrooms. Would you coach thirty of them with us, over two terms, by video and in the "
        "holidays in person? Mun gode.",
        proposed=26,
        accepted=22,
        state="scheduled",
        goal="Thirty teachers observed twice, ten model lessons on video, five advisers who can coach.",
        hours=40,
        agreed=15,
        ends=130,
        lines=(
            Line(
                22,
                "17:40",
                "expert",
                "Aisha, I would be honoured. I was one of those children: I read Hausa at six and English at nine. "
                "Which schools have a quiet room with light?",
            ),
            Line(
                21,
                "07:30",
                "focal",
                "Eleven of the seventy-four have both. We begin with those. I will send you the timetable after the "
                "mid-term break.",
            ),
            Line(
                9,
                "16:20",
                "expert",
                "Here is the coaching sheet in both languages. One page, six questions, no marks out of ten. Please "
                "try it on me first.",
            ),
        ),
    ),
    Work(
        "kaduna-network",
        "tunde.adeyemi",
        "application",
        "Small centres get hit because nobody gives them an hour. I can give you twelve. We start with backups, "
        "because the next virus will come, and then with three habits for everyone.",
        proposed=92,
        accepted=89,
        state="ended_early",
        goal="Working backups, a two-page plan and good habits.",
        hours=12,
        agreed=83,
        started=78,
        ends=40,
        changed=36,
        reason="no_time",
        lines=(
            Line(
                89,
                "09:00",
                "focal",
                "Thank you Tunde. Our technician Sani is shy on video but he writes everything down.",
            ),
            Line(
                77,
                "19:45",
                "expert",
                "Sani is excellent. We have one backup on a disk in another building. That alone is half of the plan.",
            ),
            Line(
                37,
                "20:30",
                "expert",
                "Aisha, I must be honest: my hospital has had an incident and I work nights until further notice. The "
                "backups run, the habits are still missing. Better somebody else finishes than that you wait for me.",
            ),
            Line(
                36,
                "08:10",
                "focal",
                "We understand, and thank you for telling us. The disk saved us already once. We will post the rest "
                "again.",
            ),
        ),
        sessions=(
            Held(76, 90, "introductions", 2, "What there is, what must not be lost"),
            Held(62, 120, "hands_on", 2, "Backups to a second building, restored once"),
        ),
    ),
    Work(
        "enugu-minigrid",
        "ngozi.eze",
        "application",
        "I built eleven mini-grids, two of which failed: one for the batteries, one for the tariff. I would like you "
        "to have neither. I can work with your treasurer every Thursday and be at the village meeting in person.",
        proposed=268,
        accepted=263,
        state="completed",
        goal="A battery plan for six villages and a tariff with three variants that a village meeting has discussed.",
        hours=32,
        agreed=255,
        started=246,
        ends=-100,
        changed=128,
        lines=(
            Line(263, "11:10", "focal", "Ngozi, you are honest about the two, so I trust you about the nine."),
            Line(
                262,
                "15:00",
                "expert",
                "Good. Send me the battery logs, also the ugly weeks. Especially the ugly weeks.",
            ),
            Line(
                190,
                "18:20",
                "focal",
                "The treasurer made the spreadsheet himself. He has locked it with a password and will not tell me.",
            ),
            Line(
                131,
                "13:40",
                "expert",
                "Variant B it is. Two villages said yes, one wants to wait for the yam harvest. That is a fair result.",
            ),
        ),
        sessions=(
            Held(245, 180, "problem_solving", 3, "Battery logs of four villages"),
            Held(224, 240, "training", 4, "Building the spreadsheet"),
            Held(196, 240, "teamwork", 4, "Three tariffs and who pays what"),
            Held(150, 480, "hands_on", 60, "Village meeting, prepared and held"),
            Held(133, 120, "document_review", 2, "Battery plan, final version"),
        ),
        of_expert=Result(
            "partly",
            ("information", "knowledge"),
            "The plan is sound and the treasurer can redo it. One village still has to decide.",
            60,
        ),
        of_institution=Result(
            "partly",
            ("knowledge", "capacity"),
            "Two of three villages adopted the tariff. We can now do these sums without help.",
            75,
        ),
    ),
)
