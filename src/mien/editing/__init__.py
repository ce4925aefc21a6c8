"""What happens between a photo with a user's wishes and the edited photo; :mod:`mien.editor` puts it together.

In the order of use: ``request`` (what is asked for), ``place`` (which face), ``frames`` and ``inputs`` (layers of any
frame and kind become conditions of the crop), ``repainted`` (a folder of layers that a user painted in), ``weights``,
``codes`` and ``painting`` (the networks), ``blend`` (no seam), ``job`` (all of it in order), ``result`` (photo,
receipt, pictures). ``cache`` keeps what the next edit needs again.
"""
