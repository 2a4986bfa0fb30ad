// Where Keycloak shows who is signing in, its label names another field: tie it to the one that is there.
document.addEventListener("DOMContentLoaded", () => {
    const shown = document.getElementById("kc-attempted-username");
    const label = document.querySelector('label[for="username"]');
    if (shown && label && !document.getElementById("username")) {
        label.htmlFor = shown.id;
    }
});
