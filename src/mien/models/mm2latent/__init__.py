"""MM2Latent: text, semantic map, sketch and 3D shape -> a latent code of StyleGAN2."""

from mien.models.mm2latent.config import MODALITIES as MODALITIES
from mien.models.mm2latent.config import SPATIAL as SPATIAL
from mien.models.mm2latent.config import MappingConfig as MappingConfig
from mien.models.mm2latent.config import SpatialConfig as SpatialConfig
