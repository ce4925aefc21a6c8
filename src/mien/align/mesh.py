"""Which of the 478 points is what: the part of MediaPipe's face-mesh topology that mien relies on.

"Left" and "right" are the picture's, not the person's. The eye lists follow the six-point order of the 68-point scheme
(outer corner of the left eye, upper lid twice, inner corner, lower lid twice), which is what FFHQ's rule averages.
"""

from __future__ import annotations

LEFT_EYE = (33, 160, 158, 133, 153, 144)
RIGHT_EYE = (362, 385, 387, 263, 373, 380)
MOUTH_CORNERS = (61, 291)
OUTER_EYE_CORNERS = (33, 263)

LEFT_EYE_LIDS = ((159, 145), (158, 153), (160, 144))
RIGHT_EYE_LIDS = ((386, 374), (385, 380), (387, 373))
LEFT_EYE_CORNERS = (33, 133)
RIGHT_EYE_CORNERS = (362, 263)
INNER_LIPS = ((13, 14), (82, 87), (312, 317))
INNER_MOUTH_CORNERS = (78, 308)

LEFT_IRIS = (468, 469, 470, 471, 472)
RIGHT_IRIS = (473, 474, 475, 476, 477)
"""Center of the iris, then four points on its edge."""

# fmt: off
RIGID = (
    10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 33, 133, 362, 263, 127, 356, 234, 454, 93, 323,
    21, 251, 54, 284, 103, 332, 67, 297, 109, 338, 162, 389,
)
# fmt: on
"""Points that expressions move little: forehead, temples, bridge of the nose, corners of the eyes."""

# fmt: off
OUTLINE = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
    148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)
# fmt: on
"""The face oval, clockwise from the top of the forehead."""

OUTER_LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
INNER_LIPS_CONTOUR = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
NOSE_LINE = (168, 6, 197, 195, 5, 4, 1)
LEFT_BROW = (70, 63, 105, 66, 107)
RIGHT_BROW = (336, 296, 334, 293, 300)
LEFT_EYE_CONTOUR = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
RIGHT_EYE_CONTOUR = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
