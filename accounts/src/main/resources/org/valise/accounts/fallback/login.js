"use strict";
(() => {
  const form = document.getElementById("form");
  const message = document.getElementById("message");
  const button = form.querySelector("button");

  // Spec: client-server API, "Login Fallback": parameters that are no credentials are forwarded.
  function request(fields) {
    const query = new URLSearchParams(location.search);
    const body = {
      type: "m.login.password",
      identifier: { type: "m.id.user", user: fields.user },
      password: fields.password,
    };
    for (const name of ["device_id", "initial_device_display_name"]) {
      if (query.has(name)) {
        body[name] = query.get(name);
      }
    }
    if (query.get("refresh_token") === "true") {
      body.refresh_token = true;
    }
    return body;
  }

  async function login() {
    const response = await fetch("/_matrix/client/v3/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(request(Object.fromEntries(new FormData(form)))),
    });
    const answer = await response.json();
    if (!response.ok) {
      throw new Error(answer.error);
    }
    return answer;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    message.textContent = "";
    try {
      const answer = await login();
      form.hidden = true;
      message.textContent = "You are signed in. You can close this page and go on in your app.";
      if (window.matrixLogin && window.matrixLogin.onLogin) {
        window.matrixLogin.onLogin(answer);
      }
    } catch (failure) {
      message.textContent = failure.message || "That did not work. Please try again.";
      button.disabled = false;
    }
  });
})();
