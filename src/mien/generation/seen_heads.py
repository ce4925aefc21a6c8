"""What was seen by eye of the heads that are lent, by the names of their pictures."""

SHORT = frozenset(("2230", "2248", "2266", "2286", "2352", "2426", "2490", "2509", "2676", "2723", "2816", "2892")) | {
    "2898",
    "2936",
    "3004",
    "3017",
    "3072",
    "3102",
    "3127",
    "3130",
    "3177",
    "3203",
}
"""Those whose hair is short, and not tied back."""

LONG = frozenset(("2121", "2125", "2127", "2128", "2135", "2253", "2331", "2366", "2517", "2538", "2581"))
"""Those whose hair is seen to be long: it reaches the shoulders; a bob is not."""

FRINGED = frozenset(("2366", "2412", "2490", "2495", "3004", "3172"))
"""Those whose hair hides their brows, or nearly."""

FAINT = frozenset(("2266", "2319", "2455", "2509", "2517", "3130", "3203"))
"""Those whose brows are hardly seen."""

EAGER = frozenset(("2676",))
"""Those who laugh with raised brows: for whom nothing less is asked, that is too much."""

LINED = frozenset(("2319", "2331", "2455", "2509", "2567", "3092", "3102", "3130"))
"""Those whose wrinkles are seen."""

EITHER = frozenset(("2892", "3130", "3172"))
"""Those who are taken for a man as often as for a woman."""

CHILDISH = frozenset(("2366",))
"""Those who are taken for children."""

LIGHT_BROWN = frozenset(("2121", "2135", "2366", "2676"))
"""Those whose brown hair is taken for dark blond."""

WIDE_NOSED = frozenset(("2131", "2137", "2509", "2892", "2936", "3102"))
"""Those whose noses are seen to be wide."""

FULL_LIPPED = frozenset(("2125", "2248", "2366", "2816", "2892", "2936", "3013"))
"""Those whose lips are seen to be full."""

THIN_LIPPED = frozenset(("2121", "2230", "2266", "2426", "2567", "2676", "2723", "3004", "3127"))
"""Those whose lips are seen to be thin."""

BLUNT = frozenset(("2118", "2128", "2129"))
"""Those whose brows are so heavy that they look drawn where they are raised."""

CONTENT = frozenset(("3004", "3127"))
"""Those who smile with their mouths shut."""

GRAYED = frozenset(("2230", "2253", "2319", "2412", "2455", "2509", "2517", "2567", "3102", "3127", "3130", "3172"))
"""Those whose hair is seen to be gray or white: light fair hair is measured as gray."""

BLONDED = frozenset(("2266", "3004"))
"""Those whose hair is seen to be blond, though it is measured as darker than blond by name."""

BROWNED = frozenset(("2135", "2366", "2426", "2495", "2538", "2581", "2723", "2998"))
"""Those whose hair is seen to be brown."""

CHUCKLING = frozenset(("2131", "2135", "2230"))
"""Those whose smiles show teeth, and are no laughs."""

TOPLESS = frozenset(
    ("2230", "2266", "2286", "2352", "2412", "2426", "2538", "2892", "2898", "2998", "3017", "3102", "3127", "3203")
)
"""Those whose hair ends at their picture's top, which is seen before a wall."""

WIGS = frozenset(("2230", "2676"))
"""Those whose hair looks painted when it is dyed."""
