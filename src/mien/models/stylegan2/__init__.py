"""StyleGAN2: mapping, synthesis, discriminator."""
