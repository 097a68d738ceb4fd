"""How right the matching is: the product's own path, measured on a set of real needs beside simple methods."""
