"""What a job of the history pays, and what its people write to each other, in the language of their programme."""

PAY = {"KE": "KES 46,000 a month", "ET": "ETB 14,500 a month"}
SAID: dict[str, dict[str, str]] = {
    "en": {
        "offer": "I have done this for some years and would like to do it with you. Shall we begin small?",
        "hello": "Thank you for the trust. May I see what you use today before we plan anything?",
        "thanks": "The first hour was worth the wait. The team has questions for the next one already.",
        "dispute": "We stopped earlier that day, when the power went.",
        "result": "The routine is in use, and two people keep it going. The next step is to show it to the neighbours.",
    },
    "fr": {
        "offer": "Je fais cela depuis quelques années et j'aimerais le faire avec vous. On commence petit?",
        "hello": "Merci de la confiance. Puis-je voir ce que vous utilisez aujourd'hui avant de planifier?",
        "thanks": "La première heure valait l'attente. L'équipe a déjà des questions pour la suivante.",
        "dispute": "Ce jour-là nous avons arrêté plus tôt, à la coupure de courant.",
        "result": "La routine est en place et deux personnes la tiennent. L'étape suivante: la montrer aux voisins.",
    },
}
