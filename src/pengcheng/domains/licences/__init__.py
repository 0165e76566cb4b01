"""Electronic licences of persons and organisations."""
