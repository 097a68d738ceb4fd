"""Engagements of institutions in Ethiopia and Kenya."""

from engagements.demo.shapes import Held, Line, Work

WORKS = (
    Work(
        "fiche-newborn",
        "tsedale.girma",
        "invitation",
        "Dear Dr Tsedale, our corner for small babies has four beds, one warmer and nurses who change every month. We "
        "lose babies at night to the cold. Could you help us to build a routine that stays when people go?",
        proposed=132,
        accepted=128,
        state="active",
        goal="A bedside checklist in Amharic, twelve nurses trained, and a monthly review.",
        hours=36,
        agreed=121,
        started=112,
        ends=30,
        lines=(
            Line(
                128,
                "12:30",
                "expert",
                "Dear Bereket, I know that night. We can do a lot with one hat, one wrap and one mother. Who is the "
                "nurse who stays longest?",
            ),
            Line(127, "06:20", "focal", "Lensa Tolosa, six years in this hospital. She will lead it with you."),
            Line(
                96,
                "18:00",
                "lensa.tolosa",
                "ሰላም ዶክተር፣ the checklist is on the wall beside every bed. Night temperature is written at ten, two "
                "and six.",
            ),
            Line(
                95,
                "20:15",
                "expert",
                "Beautiful. Please send me the first week, good or bad. I am on call until Friday and then all yours.",
            ),
            Line(
                33,
                "16:40",
                "lensa.tolosa",
                "Four nurses rotated out on Monday. I am training the new ones this week and will write when it is "
                "quieter.",
            ),
        ),
        sessions=(
            Held(110, 120, "introductions", 5, "Walk through one night, hour by hour"),
            Held(97, 180, "training", 8, "Kangaroo care with a doll and a scarf"),
            Held(81, 120, "training", 7, "Breathing: when to help and when to wait"),
            Held(60, 90, "document_review", 2, "First monthly review"),
            Held(38, 120, "training", 6, "Feeding small babies by cup"),
        ),
    ),
    Work(
        "hawassa-line",
        "selamawit.haile",
        "application",
        "I balance sewing lines in Istanbul, and I learned to sew in Hawassa. Speed comes from order, not from fear. "
        "I would like to show your trainers how to find the slowest step and make it easier.",
        proposed=87,
        accepted=83,
        state="paused",
        goal="One training line at factory speed and a two-week course for supervisors.",
        hours=30,
        agreed=76,
        started=68,
        ends=60,
        changed=18,
        lines=(
            Line(
                83,
                "10:30",
                "focal",
                "Welcome home, even by video. Our trainers are curious and a little afraid of the stopwatch.",
            ),
            Line(82, "17:00", "expert", "No stopwatch in the first week. We watch hands and draw arrows."),
            Line(
                45,
                "15:20",
                "focal",
                "The arrows are all over our wall. Two trainers already moved the ironing table, against my wishes, "
                "and they were right.",
            ),
            Line(
                19,
                "09:10",
                "focal",
                "The centre closes for three weeks: the power line is being rebuilt. Can we rest and go on afterwards?",
            ),
            Line(18, "18:30", "expert", "Of course. Let us pause here and keep the arrows on the wall."),
        ),
        sessions=(
            Held(66, 90, "introductions", 4, "Filming the line as it is"),
            Held(54, 150, "training", 5, "Drawing the flow, finding the slowest step"),
            Held(40, 150, "problem_solving", 5, "Moving two tables, counting again"),
        ),
    ),
    Work(
        "addis-circles",
        "hirut.abebe",
        "application",
        "I left Addis Ababa at nineteen and have led circles for survivors in Melbourne for thirteen years. Your "
        "eight candidates need two things: skills to listen, and permission to stop. I can give both, in Amharic.",
        proposed=112,
        accepted=106,
        state="on_hold_safeguarding",
        goal="Eight leaders trained and supervised, four circles running, clear rules for referral.",
        hours=26,
        agreed=99,
        started=91,
        ends=60,
        changed=5,
        lines=(
            Line(
                106,
                "07:45",
                "focal",
                "Dear Hirut, thank you. The room is quiet on Tuesday and Thursday mornings, which is your evening.",
            ),
            Line(
                105,
                "09:30",
                "expert",
                "That suits me. Before we begin: who do the leaders call when a story is too heavy for them?",
            ),
            Line(
                104,
                "06:50",
                "focal",
                "Samuel during the day, and the clinic's night number. I will print both on a card.",
            ),
            Line(
                6,
                "08:15",
                "expert",
                "Tigist, something was said in yesterday's circle that I must not keep to myself. I have told the "
                "coordinator and ask that we stop until it has been looked at.",
            ),
        ),
        sessions=(
            Held(89, 120, "training", 8, "Listening without repairing"),
            Held(75, 120, "training", 8, "Ground rules and the right to stop"),
            Held(47, 90, "mentoring", 8, "First circles, looking back"),
            Held(20, 90, "mentoring", 7, "When to refer"),
        ),
    ),
    Work(
        "nyando-yoghurt",
        "wanjiru.kamau",
        "invitation",
        "Dear Wanjiru, on Sundays we pour away four hundred litres. We bought a small pasteuriser and do not dare to "
        "switch it on. You know milk and you know us. Would you take us from raw milk to one good yoghurt?",
        proposed=8,
        accepted=3,
        state="agreeing",
        goal="A recipe and a cleaning plan on the wall, two people trained, and shelf-life tests for three batches.",
        hours=40,
        ends=85,
        lines=(
            Line(
                3,
                "13:10",
                "expert",
                "Dear Grace, four hundred litres every Sunday hurts me too. Yes, gladly. Please do not switch it on "
                "yet. Can you film the label on its back and the drain in the floor?",
            ),
            Line(
                2,
                "15:45",
                "brian.otiende",
                "Here is what the label says: 200 litres, batch, 63 degrees. The drain is small and goes to the "
                "garden. Asante sana.",
            ),
        ),
    ),
    Work(
        "mombasa-mentors",
        "otieno.odhiambo",
        "application",
        "I began as a tally clerk at berth eleven and had one good mentor. I have two daughters who ask me hard "
        "questions, so I have practice. I can take one young colleague, an hour every two weeks, at her lunch break.",
        proposed=57,
        accepted=54,
        state="active",
        goal="Six months of mentoring for one young freight clerk, and her questions written down for the others.",
        hours=12,
        agreed=50,
        started=46,
        ends=60,
        lines=(
            Line(
                54,
                "09:20",
                "focal",
                "Karibu sana, Mr Odhiambo. Mercy will introduce you to Halima, who began in freight documents last "
                "month.",
            ),
            Line(
                53,
                "12:40",
                "mercy.kadzo",
                "Halima is sharp and quiet. She has prepared eleven questions already; the first is what to do when "
                "the driver laughs.",
            ),
            Line(46, "13:05", "expert", "An excellent first question. We spent the whole hour on it."),
            Line(
                4,
                "12:50",
                "expert",
                "Halima corrected a bill of lading before her supervisor saw it. She is no longer quiet.",
            ),
            Line(
                3, "07:15", "focal", "We heard! Could you take a second young colleague next month, or is one enough?"
            ),
        ),
        sessions=(
            Held(46, 60, "mentoring", 1, "The driver who laughs"),
            Held(32, 60, "mentoring", 1, "Reading a bill of lading backwards"),
            Held(18, 60, "mentoring", 1, "Asking for the night shift, or not"),
            Held(4, 60, "mentoring", 1, "A mistake found in time", fate="confirmed"),
        ),
    ),
)
