"""Photos found by words: what faces look like, in numbers that sentences can be held against."""
