"""What was seen by eye of the bundled bank's faces, by the names of their pictures."""

WHOLE_HAIR = (
    *("2121", "2127", "2129", "2131", "2133", "2135", "2137", "2194", "2248", "2455", "2509", "2567"),
    *("2612", "2672", "2898", "2936", "3044", "3092", "3147", "3172", "3236"),
)
"""Bundled faces whose hair is seen to its outline, told from the backdrop, of a color that grows, and in even light."""

LENGTHS = ("2121", "3044")
"""Bundled faces whose hair falls over both shoulders, whose lengths suit other long hair; the best first."""

CURLS = ("2131", "2133", "2137")
"""Bundled faces with small curls."""

ODD_TEETH = ("2230", "2381", "2419", "2842", "2987", "3052", "3076", "3146", "3149")
"""Bundled faces whose teeth are soft, colored, few or a child's."""

EVEN_TEETH = ("2118",)
"""Bundled faces whose teeth fill a mouth from corner to corner in even light, which come first."""

LINED = ("2319", "2331", "2455", "2509", "2567", "2612", "3092", "3102", "3130", "3190")
"""Bundled faces whose skin has wrinkles, sharp and in even light."""

LINED_MEN = ("2509", "2612", "3102")
"""Those of them who are men."""

FRINGES, SHORT_FRINGES = ("2495", "2419", "2191", "3092", "2366"), ("3004", "2490", "3072", "2248")
"""Bundled faces with a fringe that suits long hair, and short hair; the best first."""

FAIR_FRINGES = ("2419", "2495", "2191", "3092", "2366")
"""The same for long fair hair, whose strands are seen one by one."""

LONG_HAIR = ("2121", "2135", "3044")
"""Bundled faces with long straight hair close to the cheeks."""

WHOLE_LONG = ("2121", "2813", "2538", "2398")
LONG_CURLS = ("2123", "2402", "2131", "2137")
"""Bundled faces with long hair, straight or wavy and with small curls, all of which is lent where a map asks for it, of
any color; the best first."""
