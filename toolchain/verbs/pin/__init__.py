"""`pin`: writes into a stack file which image, byte for byte, its names stand for today."""
