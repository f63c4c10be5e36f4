"""What sentences mean, as numbers: a pretrained sentence encoder beside word features."""
