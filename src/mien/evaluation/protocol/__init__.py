"""The paper's way to measure an editor: mask families, subsets of the modalities, fixed lists, and the bars.

In the order of use: ``families`` and ``configurations`` (what is edited, and what is said about it), ``material``
(pictures and their layers), ``lists`` (what exactly, written down), ``models`` (who edits), ``bench`` (edits and
measures, each edit once: ``journal``, ``code``, ``gauge``), ``outcomes``, ``sets`` and ``incremental`` (the protocol),
``subsets``, ``responsiveness``, ``exemplars``, ``yaw``, ``reconstruction``, ``floor48`` and ``bars`` (the bars),
``rows``, ``strips``, ``page`` and ``report`` (tables and pictures). ``run`` puts it together.
"""
