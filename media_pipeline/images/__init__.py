"""What people and programs do with images, from reading to erasing."""
