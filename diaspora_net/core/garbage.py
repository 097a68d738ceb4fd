"""How a process that serves people collects garbage."""

import gc


def settle() -> None:
    """Look no more at what has been loaded, and seldom at the rest.

    A full collection looks at every object that lives, and everybody waits meanwhile. What has been loaded lives for
    good; what messages and pages leave behind goes by itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
