// Before anything is drawn: that there are scripts, and which theme was chosen.
document.documentElement.classList.add("scripted");
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Nothing may be remembered here: the system's theme will do.
}
