"""Work in Keycloak that recorded decisions oblige us to: what each task is and how it is carried out."""
