"""The small words between those of the lexicon, expressions of several words, and words that are no misspellings."""

from __future__ import annotations

from collections.abc import Mapping

LITTLE = "slight slightly little lil bit abit touch tad tiny_bit somewhat hint subtle subtly mild gently gentle barely"
LOTS = "very much lot really strongly heavily extremely far way all completely fully deep heavy huge"
SIZES = "big large small light heavy deep thick thin long short wide broad huge strong full dense fine"
"""Adjectives that tell no more than how much, where they mean nothing special for a part."""

FEW = "small light thin short"
"""Those of them that mean little."""

NOT = "no not without never neither nor none dont doesnt isnt shouldnt arent wont cannot cant didnt wasnt hasnt non"
REMOVE = "remove delete erase get_rid_of take_off takeoff off lose drop stop hide heal eliminate minus lacking"
LESS = "less fewer reduce decrease reduced too"
MORE = "more increase extra"
ADD = "add give put wearing wears wear make show grow want get"
KEEP = "keep leave untouched unchanged preserve"
RECOLOR = "dye dyed paint change color colour tint coloring coloured colored turn recolor"
BREAKS = "and or but with while who plus also then nor"
PEOPLE = "man woman men women girl boy person guy lady gentleman people human dude someone mother father model"
FILLERS = (
    "a an the this that these those some any of to on in at for from it its it's is are be been being was as so such "
    "have has had having do does did should shall would could can will may might let please he she him her his hers "
    "they them their i me my you your we us id like look looks looking appear appears seem seems expression "
    "appearance style only just quite rather than before now even if into by under around over top one two three "
    "years year ten twenty half times see bring set feel kind sort there here both side "
    "slightest when same out up down think cut looked facial expression make him kindly adding "
    "adjust edit modify maybe he'd she'd person's colour shape shaped size tone shade "
    "please pls plz kindly thanks thank thx cheers hi hello hey u ur can im i'm i'd i've love myself himself herself "
    "wanna gonna kinda sorta anymore instead yrs yr esp especially actually basically "
    "what which how want need help get getting becoming become makes made turned turns facing"
)
"""Words that tell nothing."""

DECOYS = (
    "left right about also another around between every everything first good great help it just keep like "
    "more most much nothing other own part person place real same say state story such under very well word world "
    "after agent appeared area arm arms arrow back ball band bandana bands barrier bars bean beans bear bell "
    "belly belt bike bird blake blank blend blind block blood board body bold bomb bone boots boring bowl brad "
    "braid braids brake brass brave break bride bridge broadcast brook browse brush bubble bugs building burn "
    "burned busy butterfly cape card care cast cat cater cent chad chance charge chat check cheese children chose "
    "cite clap clone cloud clown comb completes complexity corn cost crest crosses crown crows cry crying cube "
    "cup cure curry curse curve dart deem dirt dog dots dust ease egg eggs est event fact fail fake fall fast "
    "fear fell file fill find finder finger fire fish fist flame flaw float flower flowers fluffy fog foggy foot "
    "fore form four fox fred free frog fur furry gain gave ghost given glass glove gloves good gown grab grade "
    "grape grass grave greatest greeting greta grid grind halt hand harp hear heart heel heirs held hell hike "
    "hits horn horns jake jane jeans king knee lacks lake lamb lamp land launching lead leaf leak leap lease "
    "leather leg legs lemon lens life likeness line link lion lite live lives locking loose loss lost love luke "
    "lung mace main mainly many mark mary mask matt meat menu mess metal mike mint mode modes month moon mouse "
    "move moves mud mug muscle nail nails neon newer news nice nick nine noise note noun nurse oily order outfit "
    "page pain pants paper peach peak pearl personal pick pike ping pipe pirate plain plastic plate point police "
    "posh potato prince princess print processed punk queen quiet quit rabbit rain recording refer remote render "
    "rick ring robe role rope rounded sample sand santa sauce save scalp scar scare scared scars seed seek sender "
    "sent seven share shared shark sharp sheep shift shiny shoe shortcut shorts shot showed sick silk simple skip "
    "skirt skull slave sleep slip slot slots slow smoke smoking snake snow sock soldier solver soup spec spice "
    "spider spin spit spock stall star step stone string student subtitle sugar suite sweat sweaty sweet sword "
    "tail talk team tears teary tend tenth thank theme thorn thumb tidy tied tier tiger tile till time timer toe "
    "toll tomato tomb tongue took tool torn trick tried upper upset user veil vein vest wait war wave wax week "
    "went whatever whom width wild wing wings wink winter wire wise witch wizard wolf women's wood wrist write "
    "writer yoda youtube zoo"
)
"""English words, names and things that look like some above and are no misspellings of them."""


_TURN = r"(look\w*|turn\w*|fac\w+)( (the|his|her|their|a) (head|face))?( a bit| slightly)?( to)?( the)?"

_WHERE = "(?:the|his|her|their|my) (?:face|head|eyes|lips|chin|neck)"
_PHOTO = "photo|picture|pic|image"
_REPAIR = "fix|correct|repair|retouch|edit out|cover|conceal|clean"
_FLAWS = "dark_circles|eye_bags|bags|wrinkles?|lines|acne|pimples?|spots?|blemish|zits?|double_chin|crows_feet|frown"

PHRASES: Mapping[str, str] = {
    r"get(ting)? rid of": "get_rid_of",
    r"take(s|n)? off": "take_off",
    r"make[- ]up": "makeup",
    r"sun[- ]glasses": "sunglasses",
    r"eye[- ]?brows?": "eyebrows",
    r"eye[- ]shadow": "eyeshadow",
    r"eye[- ]?make ?up": "eye_makeup",
    r"eyes? colou?r": "eye_color",
    r"skin (tone|colou?r)": "skin_tone",
    r"facial hair": "facial_hair",
    r"double chin": "double_chin",
    r"(eye|dark) bags|bags (under|below) (the |her |his |their |my )?eyes": "eye_bags",
    r"(dark|black) (circles|rings)( (under|around|below) (the |her |his |their |my )?eyes)?": "dark_circles",
    r"crow'?s[- ]feet": "crows_feet",
    r"(five|5) ?o'?clock shadow": "five_oclock_shadow",
    r"shave (his|her|the|their|my) head": "bald",
    r"clean(ly)?[- ]?shave[nd]?": "clean_shaven",
    rf"(?:wipe|take|get|rub|shave|wash) (?!off)([a-z_ ]+?) off(?: of)?(?: {_WHERE})?": r"remove \1",
    r"grown[- ]up": "grown_up",
    r"middle[- ]aged?": "middle_aged",
    r"(crew|buzz)[- ]?cut": "crew_cut",
    r"(lose|losing|less) (some |a bit of )?weight": "lose_weight",
    r"half as long": "shorter",
    r"twice as long": "longer",
    r"(shoulder|waist|chest)[- ]?length|down to (the|her|his) shoulders?": "shoulder_length",
    r"salt[- ]and[- ]pepper|pepper[- ]and[- ]salt": "salt-and-pepper",
    r"(as|like) a (woman|girl|female)": "as_a_woman",
    r"(as|like) a (man|boy|male)": "as_a_man",
    r"(in)?to a (woman|girl|female)": "into_a_woman",
    r"(in)?to a (man|boy|male)": "into_a_man",
    r"with (her |his |their )?teeth": "with showing teeth",
    rf"{_TURN} left": "turn_left",
    rf"{_TURN} right": "turn_right",
    r"(remove|no|fix|without|less|correct) (the |her |his |their |my )?red[- ]eyes?( effect)?": "remove redeye",
    r"[- ]haired": " hair",
    r"[- ]eyed": " eyes",
    r"[- ]lipped": " lips",
    r"(dark|pale|light)[- ]skinned": r"\1 skin",
    r"wide[- ]?open": "open",
    r"black eye\b": "bruise",
    r"tiny bit": "little",
    r"a ?lot": "lot",
    r"gimme": "give me",
    r"(jaw|hair)[- ]line": r"\1line",
    r"cheek[- ]bones?": "cheekbones",
    r"lip[- ](stick|gloss)": r"lip\1",
    r"(ear|neck)[- ](rings?|lace)": r"\1\2",
    r"fore[- ]head": "forehead",
    r"(instead of|rather than|in place of) [^,.;]*?(?=$|[,.;]| and | but | with )": "",
    rf"({_REPAIR}) (up )?(the |his |her |their |my |these |those |this |that |all )*({_FLAWS})": r"remove \4",
    rf"(the )?same ({_PHOTO}|person|guy|woman|man)|(in|on|of) (this|the|my) ({_PHOTO})": "",
    r"(see|seeing) (the |his |her |their |my |your |some )?teeth": "show teeth",
    r"(\w+) (eye|eyebrow|hair|lip|beard)'s": r"\1 \2s",
    r"no more": "no",
    r"at all": "",
    r"too (much|many)": "too",
    r"(as|how) (it|they|he|she) (is|are|looks?)": "",
    r"t[- ]shirt": "shirt",
    r"thick[- ]?rimmed": "rimmed",
}
"""Expressions of several words, as regular expressions, and the word that stands for each."""
