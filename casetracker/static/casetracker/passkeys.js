/* Passkeys: asks the browser to make or to show one and sends the answer with the form.
   Attributes it reads:
     data-passkey="create"   a form that adds a passkey; "get" shows one
     data-options="{…}"      what the server asks for, as JSON with base64url for bytes
     [name=credential]       the hidden field the answer goes into
     [data-passkey-told]     where it says why nothing came
   The form's button comes switched off and is switched on here. */
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const wanted = (options) => {
    const asked = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
    if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) };
    if (asked.excludeCredentials) asked.excludeCredentials = known(asked.excludeCredentials);
    if (asked.allowCredentials) asked.allowCredentials = known(asked.allowCredentials);
    return { publicKey: asked };
  };

  const plain = (made) => {
    const response = { clientDataJSON: text(made.response.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach((part) => {
      if (made.response[part]) response[part] = text(made.response[part]);
    });
    return {
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      response,
      clientExtensionResults: made.getClientExtensionResults(),
    };
  };

  const told = {
    NotAllowedError: "No passkey was used: it was cancelled, took too long, or does not know you by PIN, fingerprint or face.",
    InvalidStateError: "This device holds a passkey of this account already.",
    SecurityError: "Passkeys do not work at this address. They need HTTPS and a host name.",
  };

  /* casetracker.js takes a form for sent and its button for waiting; after what went wrong it may be sent again. */
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button[data-waits]").forEach((button) => { button.disabled = false; delete button.dataset.waits; });
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const field = form.elements.credential;
    const region = form.querySelector("[data-passkey-told]");
    form.querySelector("button[type=submit]").disabled = false;
    form.addEventListener("submit", async (event) => {
      if (field.value) return;
      event.preventDefault();
      region.textContent = "";
      try {
        if (!navigator.credentials) throw new DOMException("", "SecurityError");
        const answer = await navigator.credentials[form.dataset.passkey](wanted(JSON.parse(form.dataset.options)));
        field.value = JSON.stringify(plain(answer));
        form.submit();
      } catch (error) {
        region.textContent = told[error.name] || "This browser could not use a passkey. Try again, or use another way.";
        setTimeout(release, 0, form);
      }
    });
    addEventListener("pageshow", () => { field.value = ""; });
  });
})();
