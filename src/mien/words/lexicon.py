"""The words: what parts of a face are called, and what may be said about them.

Notation: ``"hair-length+"`` is an attribute with a sign. Comparatives ("longer") are read as their adjective, unless
they are listed themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Part:
    """A thing that can be spoken of.

    Attributes:
        words: its names.
        says: adjectives and verbs that mean something for it, by signed attribute.
        color: attribute that a color sets; ""where colors mean nothing.
        default: signed attribute that"more", "less"and"no"change.
        there: whether its bare name asks for it: "freckles"does, "nose"does not.
    """

    words: str
    says: Mapping[str, str] = field(default_factory=dict)
    color: str = ""
    default: str = ""
    there: bool = False


def _thing(words: str, attribute: str, color: str = "", **says: str) -> Part:
    """Something that is there or not."""
    signed = {f"{attribute}{'+' if sign == 'more' else '-'}": text for sign, text in says.items()}
    return Part(words, signed, color, f"{attribute}+", there=True)


PARTS: tuple[Part, ...] = (
    Part(
        "hair hairs hairdo haircut hairstyle locks",
        {
            "hair-length+": "long lengthen shoulder_length waist_length chest_length grow",
            "hair-length-": "short cropped shorten trim trimmed cut",
            "hair-curl+": "curly curled curls wavy frizzy curl",
            "hair-curl-": "straight sleek straightened smooth straighten",
            "hair-volume+": "thick full voluminous dense bushy volume big",
            "hair-volume-": "thin fine flat sparse",
            "hair-lightness+": "light bright fair lighten",
            "hair-lightness-": "dark darken",
        },
        "hair-color",
        "baldness-",
    ),
    Part(
        "eye eyes eye_color",
        {
            "eye-size+": "big large huge enlarge",
            "eye-size-": "small tiny",
            "eye-openness+": "open opened wide round wide_open",
            "eye-openness-": "close closed shut narrow squinted half_closed narrowed",
            "eye-lightness+": "light bright lighten brighten",
            "eye-lightness-": "dark darken",
        },
        "eye-color",
    ),
    Part(
        "brow brows eyebrow eyebrows",
        {
            "brow-height+": "raise raised high up lift lifted arched arch",
            "brow-height-": "lower lowered low down",
            "brow-thickness+": "thick bushy full dense big heavy",
            "brow-thickness-": "thin fine slim pluck plucked narrow sparse small",
            "brow-lightness-": "dark darken",
            "brow-lightness+": "light fair lighten",
        },
        "brow-color",
    ),
    Part(
        "nose",
        {
            "nose-size+": "big large huge enlarge",
            "nose-size-": "small tiny cute reduce shrink",
            "nose-width+": "wide broad widen flat",
            "nose-width-": "narrow slim thin slender",
            "nose-length+": "long lengthen",
            "nose-length-": "short shorten",
        },
        default="nose-size+",
    ),
    Part(
        "mouth",
        {
            "mouth-open+": "open opened",
            "mouth-open-": "close closed shut",
            "mouth-width+": "wide big large broad widen",
            "mouth-width-": "small narrow tiny",
        },
    ),
    Part(
        "lip lips",
        {
            "lip-fullness+": "full plump thick big large plumper luscious voluminous",
            "lip-fullness-": "thin slim narrow small fine",
            "mouth-open+": "parted open apart",
            "mouth-open-": "closed pressed close together",
        },
        "lip-color",
    ),
    Part(
        "face",
        {
            "face-width+": "wide round full broad chubby fat plump",
            "face-width-": "slim thin narrow slender lean gaunt skinny",
        },
    ),
    Part(
        "jaw jawline jaws",
        {"jaw-width+": "wide strong square broad wider big", "jaw-width-": "narrow slim soft thin small slender"},
    ),
    Part(
        "chin",
        {
            "chin-length+": "long big strong pointed pointy prominent large",
            "chin-length-": "small short weak receding tiny",
        },
    ),
    Part("double_chin", {}, "", "double-chin+", there=True),
    Part(
        "cheek cheeks",
        {
            "cheek-width+": "chubby round full plump fat wide puffy big",
            "cheek-width-": "slim thin hollow lean sunken narrow small",
            "blush+": "rosy red pink blushing flushed",
        },
        default="cheek-width+",
    ),
    Part("cheekbone cheekbones", {"cheek-width+": "high prominent strong wide", "cheek-width-": "low flat"}),
    Part(
        "forehead",
        {"forehead+": "high big large tall long", "forehead-": "small low short lower tiny"},
        default="forehead+",
    ),
    Part(
        "skin complexion skin_tone skin_color",
        {
            "skin-tone+": "dark tan tanned brown olive black bronze darken deep",
            "skin-tone-": "light pale fair white lighten bright",
            "wrinkles-": "smooth young soft youthful",
            "wrinkles+": "wrinkled wrinkly old rough",
            "blemishes-": "clear spotless clean flawless pure",
        },
    ),
    Part(
        "tooth teeth",
        {
            "teeth-white+": "white whiten bright whitening brighten clean",
            "teeth-white-": "yellow dark brown bad",
            "teeth+": "show showing visible seen",
            "teeth-": "hide hidden hiding covered",
        },
        default="teeth+",
    ),
    Part("hairline", {"baldness+": "receding high recede", "baldness-": "lower low lowered full"}),
    _thing("smile smiles grin grinning smirk", "smile"),
    _thing("frown", "frown"),
    _thing("beard beards facial_hair", "beard", "beard-color", more="full long thick", less="trim trimmed shorter"),
    _thing("moustache moustaches mustache mustaches", "moustache", "beard-color", less="trim trimmed"),
    _thing("stubble stubbles five_oclock_shadow", "stubble", "beard-color"),
    _thing("goatee", "goatee", "beard-color"),
    _thing("sideburns sideburn", "sideburns", "beard-color"),
    _thing("fringe bangs", "fringe"),
    _thing("wrinkle wrinkles crows_feet lines creases", "wrinkles", less="smooth soften reduce"),
    _thing("freckle freckles", "freckles"),
    _thing("blemish blemishes pimple pimples acne spot spots zit zits mole moles", "blemishes", less="clear"),
    _thing("eye_bags eyebags bags_under_eyes bags dark_circles", "eye-bags"),
    _thing("redeye", "red-eye"),
    _thing("blush blusher rouge", "blush"),
    _thing("glasses spectacles eyeglasses specs", "glasses", "glasses-color"),
    _thing("sunglasses shades", "sunglasses"),
    _thing("earring earrings", "earrings"),
    _thing("necklace necklaces", "necklace"),
    _thing("hat cap beanie hats", "hat", "hat-color"),
    _thing("tie necktie", "tie"),
    _thing("makeup", "makeup"),
    _thing("lipstick lipgloss", "lipstick", "lip-color"),
    _thing("eyeliner mascara eyeshadow eye_shadow eye_makeup kajal", "eye-makeup"),
    Part("background backdrop", {}, "background-color"),
    Part("clothes clothing shirt dress jacket sweater blouse t_shirt coat pullover suit hoodie", {}, "clothes-color"),
    Part("head", {"baldness+": "shave shaved shaven"}),
)

MARKS: Mapping[str, str] = {
    "smile+": "smiling smiled laugh laughing laughs happy happiness cheerful friendly joyful grins joy amused happily",
    "smile-": "sad serious unhappy grumpy sadness gloomy neutral stern solemn sadly",
    "frown+": "frowning angry anger furious mad cross annoyed frowns angrily",
    "brow-height+ eye-openness+": "surprised shocked astonished amazed surprise",
    "eye-openness-": "squinting sleepy squint drowsy",
    "eye-bags+": "tired exhausted weary",
    "baldness+": "bald balding baldness",
    "beard-": "shave shaved clean_shaven shaven cleanshaven",
    "stubble+": "unshaven unshaved stubbly",
    "beard+": "bearded",
    "hair-length-": "crew_cut buzz_cut bob",
    "hair-curl+": "curls curly",
    "age+": "old elderly aged senior grown_up middle_aged age grandfather grandmother grandma grandpa mature",
    "age-": "young youthful child teenager teenage baby kid teen",
    "feminine+": "feminine girly womanly ladylike as_a_woman into_a_woman female",
    "feminine-": "masculine manly as_a_man into_a_man male",
    "face-width+": "fat chubby",
    "face-width-": "lose_weight skinny slim",
    "wrinkles+": "wrinkled wrinkly",
    "freckles+": "freckled",
    "skin-tone+": "tan tanned",
    "skin-tone-": "pale",
    "head-turn-": "turn_left",
    "head-turn+": "turn_right",
    "blush+": "blushing",
}
"""Words that say something by themselves, by signed attributes."""

HAIR_COLORS = frozenset({"blond", "brunette", "redhead", "ginger", "auburn", "platinum", "strawberry-blond"})
"""Colors that are hair's where nothing else is named."""

ATTRIBUTES: tuple[str, ...] = tuple(
    dict.fromkeys(
        name.rstrip("+-")
        for names in (*((*part.says, part.default, part.color) for part in PARTS), " ".join(MARKS).split())
        for name in names
        if name
    )
)
"""All that words can ask for."""
