"""Datasets: pictures from folders, prepared sets, shards and packed sets, as balanced, resumable batches."""

from mien.data.feed import Batch, Feed, ImageSet, LabelMaps
from mien.data.packed import write_packed
from mien.data.pictures import Picture
from mien.data.sampler import Sampler, balanced_weights
from mien.data.sheets import contact_sheet
from mien.data.sources import find_pictures

__all__ = [
    "Batch",
    "Feed",
    "ImageSet",
    "LabelMaps",
    "Picture",
    "Sampler",
    "balanced_weights",
    "contact_sheet",
    "find_pictures",
    "write_packed",
]
