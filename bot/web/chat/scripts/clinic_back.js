// Leads on from where the clinic's server sent somebody back to: see bot/web/sign_in/clinic.py.

location.replace(document.getElementById("go-on").href);
