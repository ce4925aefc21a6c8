"""What happens between a photo with a user's wishes and the edited photo; :mod:`mien.editor` puts it together.

In the order of use: ``request`` (what is asked for), ``validation`` (what can be refused at once), ``target`` (which
face), ``crop_frame``, ``pictures``, ``layers`` and ``resample`` (layers of any frame and kind become conditions of the
crop), ``layer_folder`` (layers that a user painted in), ``weights``, ``latents`` with ``directions`` and
``text_optimisation`` (codes), ``pipeline`` (all of it in order, around what paints), ``result`` (photo, receipt,
pictures). ``context`` goes along with an edit; its ``cache`` keeps what the next edit needs again.
"""
