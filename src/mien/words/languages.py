"""German, French and Spanish, word by word into the English of the lexicon; its rules do not mind the order much."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

ENOUGH = 0.6
"""Share of a sentence's words that a language has to know."""

_GERMAN = """
haar=hair haare=hair haaren=hair auge=eye augen=eyes mund=mouth lippe=lip lippen=lips nase=nose gesicht=face kinn=chin
stirn=forehead wange=cheek wangen=cheeks backen=cheeks braue=brow brauen=brows augenbraue=brow augenbrauen=brows
kiefer=jaw zahn=tooth zähne=teeth zähnen=teeth haut=skin bart=beard schnurrbart=moustache brille=glasses
sonnenbrille=sunglasses hut=hat mütze=hat falten=wrinkles pony=fringe lippenstift=lipstick sommersprossen=freckles
hintergrund=background augenringe=eye_bags lächeln=smile lächelt=smiling lächelnd=smiling lachen=laugh lachend=laughing
glücklich=happy fröhlich=cheerful traurig=sad ernst=serious wütend=angry böse=angry überrascht=surprised müde=tired
alt=old älter=older jung=young jünger=younger geschminkt=makeup schminke=makeup braun=brown braune=brown braunen=brown
brauner=brown blond=blond blonde=blond blonden=blond schwarz=black schwarze=black schwarzen=black grau=gray graue=gray
grauen=gray grauer=gray weiß=white weiße=white weißen=white weißere=whiter rot=red rote=red roten=red blau=blue
blaue=blue blauen=blue grün=green grüne=green grünen=green rosa=pink lila=purple lang=long lange=long langen=long
länger=longer längere=longer kurz=short kurze=short kurzen=short kürzer=shorter kürzere=shorter groß=big große=big
größer=bigger größere=bigger klein=small kleine=small kleiner=smaller kleinere=smaller breit=wide breiter=wider
breitere=wider schmal=narrow schmaler=narrower schmalere=narrower voll=full volle=full voller=fuller vollere=fuller
dünn=thin dünner=thinner dünnere=thinner dick=thick dunkel=dark dunkle=dark dunkler=darker dunklere=darker hell=light
helle=light heller=lighter hellere=lighter offen=open offene=open geschlossen=closed lockig=curly lockige=curly
glatt=straight glatte=straight leicht=slight leichtes=slight leichter=slight leichte=slight breites=wide breite=wide
bisschen=bit etwas=somewhat wenig=little viel=much sehr=very mehr=more weniger=less kein=no keine=no keinen=no
ohne=without nicht=not mit=with und=and oder=or aber=but ein=a eine=a einen=a einem=a das=the die=the der=the den=the
dem=the sein=his seine=his ihr=her ihre=her ihn=him sie=her er=he ist=is mach=make mache=make bitte=please soll=should
aussehen=look färben=dye machen=make entferne=remove weg=remove entfernen=remove färbe=dye zu=to mann=man
frau=woman person=person glatze=bald
"""

_FRENCH = """
cheveux=hair oeil=eye œil=eye yeux=eyes bouche=mouth lèvre=lip lèvres=lips nez=nose visage=face menton=chin
front=forehead joue=cheek joues=cheeks sourcil=brow sourcils=brows mâchoire=jaw dent=tooth dents=teeth peau=skin
barbe=beard moustache=moustache lunettes=glasses chapeau=hat rides=wrinkles frange=fringe maquillage=makeup
fond=background cernes=eye_bags sourire=smile souriant=smiling souriante=smiling rire=laugh heureux=happy
heureuse=happy triste=sad sérieux=serious sérieuse=serious surpris=surprised surprise=surprised fâché=angry vieux=old
vieille=old âgé=old âgée=old jeune=young brun=brown bruns=brown brune=brown marron=brown blond=blond blonds=blond
blonde=blond noir=black noirs=black noire=black gris=gray grise=gray blanc=white blancs=white blanche=white
blanches=white rouge=red rouges=red roux=ginger bleu=blue bleus=blue vert=green verts=green rose=pink roses=pink
long=long longs=long longue=long court=short courts=short courte=short grand=big grands=big grande=big petit=small
petits=small petite=small large=wide étroit=narrow étroite=narrow plein=full pleines=full pulpeuses=full mince=thin
fin=thin fine=thin épais=thick foncé=dark foncés=dark clair=light clairs=light ouvert=open ouverts=open ouverte=open
fermé=closed fermés=closed bouclés=curly lisses=straight léger=slight légère=slight peu=little très=very beaucoup=much
plus=more moins=less sans=without pas=not aucun=no aucune=no avec=with et=and ou=or mais=but un=a une=a des=the les=the
le=the la=the l=the du=of de=of d=of son=his sa=his ses=his il=he elle=she est=is fais=make rends=make rendez=make
mets=put change=change sourit=smiling sourires=smiles foncées=dark claire=light claires=light vertes=green bleue=blue
bleues=blue brunes=brown blondes=blond noires=black petites=small grandes=big longes=long longues=long courtes=short
fines=thin minces=thin épaisses=thick ans=years lui=him supprime=remove enlève=remove retire=remove homme=man
femme=woman chauve=bald
"""

_SPANISH = """
pelo=hair cabello=hair ojo=eye ojos=eyes boca=mouth labio=lip labios=lips nariz=nose cara=face rostro=face mentón=chin
barbilla=chin frente=forehead mejilla=cheek mejillas=cheeks ceja=brow cejas=brows mandíbula=jaw diente=tooth
dientes=teeth piel=skin barba=beard bigote=moustache gafas=glasses lentes=glasses sombrero=hat arrugas=wrinkles
flequillo=fringe maquillaje=makeup fondo=background ojeras=eye_bags sonrisa=smile sonriente=smiling sonriendo=smiling
feliz=happy triste=sad serio=serious seria=serious enfadado=angry enojado=angry sorprendido=surprised viejo=old
vieja=old mayor=older joven=young castaño=brown marrón=brown marrones=brown rubio=blond negro=black negros=black
negra=black gris=gray blanco=white blancos=white blanca=white rojo=red rojos=red pelirrojo=ginger azul=blue azules=blue
verde=green verdes=green rosa=pink largo=long larga=long corto=short corta=short grande=big grandes=big pequeño=small
pequeña=small pequeños=small ancho=wide ancha=wide estrecho=narrow estrecha=narrow llenos=full gruesos=full fino=thin
finos=thin delgada=thin oscuro=dark oscuros=dark oscura=dark oscuras=dark claras=light clara=light blancas=white
negras=black rojas=red grises=gray pequeñas=small largas=long cortas=short anchas=wide claro=light claros=light
abierto=open abiertos=open abierta=open cerrado=closed cerrados=closed rizado=curly liso=straight leve=slight
ligera=slight ligero=slight poco=little muy=very mucho=much más=more menos=less sin=without no=not ningún=no ninguna=no
con=with y=and o=or pero=but un=a una=a unos=a unas=a el=the la=the los=the las=the su=his sus=his él=he ella=she es=is
hazlo=make hazla=make haz=make ponle=give ponlo=make ponla=make pon=put dale=give cambia=change tiñe=dye quítale=remove
sonreír=smile sonría=smiling sonríe=smiling reír=laugh años=years quita=remove elimina=remove de=of hombre=man
mujer=woman calvo=bald
"""


_GERMAN_SHADES = {"dunkel": "dark", "hell": "light"}
"""What German colors begin with: "dunkelbraun"."""

_SHADED = re.compile(r"\b(brown|blond|red|blue|green|gray|pink) (dark|light)\b")
"""A color and its shade, as French and Spanish have them."""


@cache
def dictionaries() -> tuple[Mapping[str, str], ...]:
    """English by word, of each language; without accents, too, as they are typed."""
    found = []
    for text in (_GERMAN, _FRENCH, _SPANISH):
        words = {one: other for one, _, other in (pair.partition("=") for pair in text.split())}
        plain = {_unaccented(one): other for one, other in words.items()}
        found.append({**{one.translate(_TYPED): other for one, other in words.items()}, **plain, **words})
    german = found[0]
    colors = ("braun", "blond", "rot", "blau", "grün", "gruen", "grau", "rosa", "lila")
    for word in [one for one in german if one.startswith(colors)]:
        german |= {shade + word: f"{other} {german[word]}" for shade, other in _GERMAN_SHADES.items()}
    return tuple(found)


SPANISH = 2
ENDINGS = (("e", "s", "n", "er", "es", "en", "em"), ("s", "e", "es"), ("s", "es"))
"""Of words, by language: "schmaleres" is looked up as "schmaler"."""


def _looked_up(word: str, language: int) -> str:
    """The English word; "" where the language does not know it."""
    known = dictionaries()[language]
    if language == SPANISH:
        word = word if word in known else re.sub(r"a(s?)$", r"o\1", word)
    shorter = (word.removesuffix(ending) for ending in ENDINGS[language] if len(word) > len(ending) + 3)
    return next((known[one] for one in (word, *shorter) if one in known), "")


_TYPED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def _unaccented(word: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", word) if not unicodedata.combining(one))


def english(plain: str, known: frozenset[str]) -> str:
    """A sentence in small letters, word by word in English where one of the languages fits it better.

    Args:
        plain: the sentence.
        known: English words.
    """
    words = re.findall(r"[^\W\d_]+", plain)
    counts = [sum(bool(_looked_up(word, n)) for word in words) for n in range(len(dictionaries()))]
    best = max(range(len(counts)), key=counts.__getitem__)
    if not words or counts[best] < ENOUGH * len(words) or counts[best] <= sum(word in known for word in words):
        return plain

    def translated(found: re.Match[str]) -> str:
        return (_looked_up(found[0].rstrip("'"), best) or found[0]) + " " * found[0].endswith("'")

    result = re.sub(r"[^\W\d_]+'?", translated, plain)
    return _SHADED.sub(r"\2 \1", result)
