"""The recommender's arithmetic: one score and one explanation for a pair, whoever asks.

Pure: dataclasses and integers, no database. ``mentors.queries`` retrieves candidates and fills the dataclasses of
``types``; ``scoring`` ranks and explains them; ``reasons`` chooses what a viewer reads; ``hours`` compares weekly
calendars.
"""
