"""Finding faces, cropping them upright by the FFHQ rule, and putting crops back."""
