// Keycloak's pages have buttons that are a picture only: give each a name that screen readers can say.
const WORDS = { uk: "Меню облікового запису", en: "Account menu" };

function nameButtons() {
    const words = WORDS[document.documentElement.lang] ?? WORDS.en;
    for (const button of document.querySelectorAll("button.pf-v5-c-menu-toggle.pf-m-plain:not([aria-label])")) {
        button.setAttribute("aria-label", words);
    }
}

new MutationObserver(nameButtons).observe(document, { childList: true, subtree: true });
