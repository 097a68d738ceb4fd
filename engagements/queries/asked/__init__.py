"""What is asked of one person about one object, each noun in a module of its own.

Every function takes the person, the object's reference and whether names may be told, and returns None when the person
may not answer about the object: it is not theirs, or a block stands between who asked and who answers.
"""
