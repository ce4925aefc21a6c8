"""The paper's way to measure an editor: mask families, subsets of the modalities, and fixed lists.

In the order of use: ``families`` and ``configurations`` (what is edited, and what is given), ``faces`` (pictures and
their layers), ``lists`` (what exactly, written down), ``models`` (who edits), ``edits`` and ``journal`` (edits and
figures, each computed once), ``outcomes`` and ``sets`` (the protocol), ``rows``, ``samples``, ``page``
and ``report`` (tables and pictures). ``run`` puts it together.
"""
