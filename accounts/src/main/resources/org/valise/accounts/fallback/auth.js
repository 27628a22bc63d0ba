"use strict";
(() => {
  const form = document.getElementById("form");
  const message = document.getElementById("message");
  const button = form.querySelector("button");

  // Spec: client-server API, User-Interactive Authentication API, "Fallback".
  function authDone() {
    form.hidden = true;
    message.textContent = "Done. You can close this page and go on in your app.";
    if (window.onAuthDone) {
      window.onAuthDone();
    } else if (window.opener && window.opener.postMessage) {
      window.opener.postMessage("authDone", "*");
    }
  }

  async function submit() {
    const fields = Object.fromEntries(new FormData(form));
    const session = new URLSearchParams(location.search).get("session");
    const response = await fetch(location.pathname, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ session, fields }),
    });
    const answer = await response.json();
    if (!response.ok) {
      throw new Error(answer.error);
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    message.textContent = "";
    try {
      await submit();
      authDone();
    } catch (failure) {
      message.textContent = failure.message || "That did not work. Please try again.";
      button.disabled = false;
    }
  });

  if (form.dataset.done === "true") {
    authDone();
  }
})();
