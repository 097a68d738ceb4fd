"""What may be uploaded anywhere in the product, and how it is checked before anybody else can have it.

``names`` and ``kinds`` judge a file by its name; ``inspection`` by its content, in a process of its own which
``sandbox`` starts; ``scanner`` asks a virus scanner where there is one; ``words`` says all of it to people. Nothing
here knows who uploads what, or where it is kept: apps own the rows. Importing this package imports nothing, because the
process that reads strangers' files must not load Django.
"""
