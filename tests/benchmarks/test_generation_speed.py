"""The table of generation beside diffusion."""

from __future__ import annotations

from benchmarks.generation_speed import table


def test_ratios_say_how_many_times_as_long_the_reference_takes() -> None:
    lines = table({"words": 50.0}, 5_000.0, 300_000.0).splitlines()
    assert lines[-1] == "| `words` | 50 | 100 | 6e+03 |"
    assert table({"words": 50.0}, 0.0, 0.0).splitlines()[-1] == "| `words` | 50 | – | – |"
