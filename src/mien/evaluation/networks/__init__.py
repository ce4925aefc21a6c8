"""Networks that only measure; modules without files, like those of :mod:`mien.models`."""
