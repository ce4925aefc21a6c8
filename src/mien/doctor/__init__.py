"""``mien doctor``: whether every engine that is here makes the same pictures, how fast, and what can be done."""
