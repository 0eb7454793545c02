"""What an outsider gets of one retirement, and checks without us: a bundle, and what each file of it must be."""
