// Before the page is drawn: mark that scripts run, and apply the chosen theme.
document.documentElement.classList.add("scripted");
try {
  const theme = localStorage.getItem("theme");
  if (localStorage.getItem("density") === "comfortable") document.documentElement.dataset.density = "comfortable";
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme applies.
}
