// Measures how long the page took to come and sends it once, when its visitor leaves it: the largest paint is only
// known then. Nothing about the visitor is sent.
let largestPaint;
try {
  new PerformanceObserver((list) => {
    largestPaint = list.getEntries().at(-1)?.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
} catch {
  // A browser that does not measure it reports the other times.
}

function report() {
  const [navigation] = performance.getEntriesByType("navigation");
  const firstPaint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
  const times = {
    first_byte: navigation?.responseStart,
    first_paint: firstPaint,
    largest_paint: largestPaint,
    // 0 while the page still loads.
    loaded: navigation?.loadEventEnd || undefined,
  };
  const known = Object.entries(times).filter(([, ms]) => Number.isFinite(ms) && ms <= 120_000);
  if (known.length > 0) navigator.sendBeacon("/usage/page-load", JSON.stringify(Object.fromEntries(known)));
}

let reported = false;
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden" || reported) return;
  reported = true;
  report();
});
