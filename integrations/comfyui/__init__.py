"""mien in ComfyUI: copy this folder to ComfyUI/custom_nodes/mien, and ``pip install mien`` into ComfyUI's Python.

IMAGE is float32 [B, H, W, C] in [0, 1]; MASK is [B, H, W], **1 may change**. Nothing of ComfyUI is imported, and
mien is imported when a node runs for the first time.
"""

from __future__ import annotations

from functools import cache
from typing import Any

PARTS = ("", "eyes", "brows", "nose", "mouth", "teeth", "lower_face", "hair", "beard")
MODES = ("auto", "pixels", "look", "heal")


@cache
def _editor(name: str, device: str) -> Any:
    from mien import Editor

    return Editor.from_pretrained(name, device=device)


class MienEdit:
    """Edits a face of each picture; what is outside the mask, and what did not change, keeps its very numbers."""

    CATEGORY = "image/mien"
    FUNCTION = "edit"
    RETURN_TYPES = ("IMAGE", "MASK", "STRING")
    RETURN_NAMES = ("image", "changed", "report")

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
        """What the node shows; see ComfyUI."""
        words = {"default": "", "multiline": False}
        return {
            "required": {"image": ("IMAGE",)},
            "optional": {
                "mask": ("MASK",),
                "text": ("STRING", {"default": "", "multiline": True, "tooltip": "grey hair, a slight smile"}),
                "dye": ("STRING", {**words, "tooltip": "hair=auburn, lips=#a02040"}),
                "reshape": ("STRING", {**words, "tooltip": "smile=1, nose-width=-1"}),
                "attributes": ("STRING", {**words, "tooltip": "painted: smile=1.5"}),
                "region": ("STRING", {**words, "tooltip": "instead of a mask: hair, eyes+brows"}),
                "protect": ("STRING", {**words, "tooltip": "glasses,teeth"}),
                "exemplar": ("IMAGE",),
                "part": (PARTS, {"tooltip": "borrow the exemplar's, or a stranger's"}),
                "sketch": ("IMAGE",),
                "semantic": ("IMAGE",),
                "color": ("IMAGE",),
                "mode": (MODES,),
                "seed": ("INT", {"default": 0, "min": 0, "max": 2**32 - 1}),
                "strength": ("FLOAT", {"default": 1.0, "min": 0.0, "max": 1.0, "step": 0.05}),
                "face": ("STRING", {"default": "largest"}),
                "editor": ("STRING", {"default": "bundled"}),
                "device": (("cpu", "cuda", "mps"),),
            },
        }

    def edit(
        self,
        image: Any,
        mask: Any = None,
        *,
        region: str = "",
        seed: int = 0,
        strength: float = 1.0,
        mode: str = "auto",
        editor: str = "bundled",
        device: str = "cpu",
        **inputs: Any,
    ) -> tuple[Any, Any, str]:
        """Runs the node: the pictures [B, H, W, C], what changed [B, H, W], and words about it."""
        import torch

        edited, changed, report = [], [], []
        for number in range(len(image)):
            wishes = _wishes(inputs, number)
            wishes |= {"seed": seed, "strength": strength, "mode": mode}
            if mask is not None:
                wishes["mask"] = _mask_of(mask, number, image.shape[1:3])
            elif region:
                wishes["mask"] = region
            pixels = _bytes(image[number])
            result = _editor(editor, device)(pixels, **wishes)
            after = torch.from_numpy(result.photo.pixels.copy())
            differs = (after != torch.from_numpy(pixels[..., :3])).any(-1)
            picture = image[number].clone().float().cpu()
            picture[..., :3][differs] = after[differs].float() / 255
            edited.append(picture)
            changed.append(differs.float())
            report += result.operations
        return torch.stack(edited), torch.stack(changed), "\n".join(report)


def _wishes(inputs: dict[str, Any], number: int) -> dict[str, Any]:
    """Fields of a request out of the node's inputs, for one picture of a batch."""
    found: dict[str, Any] = {}
    for name in ("text", "protect", "part", "face"):
        if inputs.get(name):
            found[name] = inputs[name]
    for name in ("dye", "reshape", "attributes"):
        if pairs := _pairs(inputs.get(name) or "", name):
            found[name] = pairs if name == "dye" else {key: float(value) for key, value in pairs.items()}
    for name in ("exemplar", "sketch", "semantic", "color"):
        if inputs.get(name) is not None:
            found[name] = _bytes(inputs[name][min(number, len(inputs[name]) - 1)])
    return found


def _pairs(text: str, name: str) -> dict[str, str]:
    """``hair=auburn, lips=#a02040`` as a dictionary."""
    pairs = {}
    for part in filter(None, (one.strip() for one in text.replace("\n", ",").split(","))):
        key, sign, value = part.partition("=")
        if not sign or not key.strip() or not value.strip():
            raise ValueError(f"'{part}' in {name} is no NAME=VALUE, such as hair=auburn or smile=1.")
        pairs[key.strip()] = value.strip()
    return pairs


def _bytes(picture: Any) -> Any:
    """[H, W, C] in [0, 1] as uint8."""
    import numpy as np

    array = picture.detach().cpu().float().numpy()
    return np.rint(np.clip(array, 0, 1) * 255).astype(np.uint8)


def _mask_of(mask: Any, number: int, size: Any) -> Any:
    """One mask of a batch, at the picture's size: (H, W) float32 in [0, 1]."""
    import torch

    masks = mask[None] if mask.ndim == 2 else mask
    one = masks[min(number, len(masks) - 1)].detach().cpu().float().clamp(0, 1)
    if tuple(one.shape) != tuple(size):
        one = torch.nn.functional.interpolate(one[None, None], tuple(size), mode="bilinear")[0, 0]
    return one.numpy()


class MienParts:
    """The mask of a region of the face: hair, eyes, lips and so on."""

    CATEGORY = "image/mien"
    FUNCTION = "find"
    RETURN_TYPES = ("MASK",)

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
        """What the node shows; see ComfyUI."""
        return {
            "required": {"image": ("IMAGE",), "region": ("STRING", {"default": "hair"})},
            "optional": {"editor": ("STRING", {"default": "bundled"}), "device": (("cpu", "cuda", "mps"),)},
        }

    def find(self, image: Any, region: str, editor: str = "bundled", device: str = "cpu") -> tuple[Any]:
        """Runs the node: [B, H, W], 1 is the region."""
        import torch

        from mien import Photo, select_face
        from mien.guides.regions import region_matte

        networks, found = _editor(editor, device), []
        for picture in image:
            photo = Photo(_bytes(picture)[..., :3].copy())
            face = select_face(networks.finder.find(photo), "largest", "the image")
            found.append(torch.from_numpy(region_matte(photo, face, region, networks.parser)))
        return (torch.stack(found),)


NODE_CLASS_MAPPINGS = {"MienEdit": MienEdit, "MienParts": MienParts}
NODE_DISPLAY_NAME_MAPPINGS = {"MienEdit": "mien: edit a face", "MienParts": "mien: mask of a part"}
