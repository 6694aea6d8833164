// Shows times in the reader's time zone, and counts down to deadlines. Every page works without it.

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

for (const time of document.querySelectorAll('time[data-shows="moment"]')) {
  time.textContent = moment.format(new Date(time.dateTime));
}
for (const time of document.querySelectorAll('time[data-shows="clock"]')) {
  time.textContent = clock.format(new Date(time.dateTime));
}

// The marks say what happened a moment ago, which a bookmark or a reload would repeat wrongly.
const address = new URL(location.href);
for (const mark of ['cookie', 'done', 'sku']) address.searchParams.delete(mark);
if (address.href !== location.href) history.replaceState(null, '', address);

const strip = document.querySelector('.strip');
if (strip !== null) {
  // The panel stays open from page to page.
  const box = strip.querySelector('details');
  box.open = sessionStorage.getItem('strip') === 'open';
  box.addEventListener('toggle', () => sessionStorage.setItem('strip', box.open ? 'open' : 'closed'));

  // Use the server's clock, because the reader's may be wrong.
  const ahead = Date.now() - Date.parse(strip.dataset.now);
  const countdowns = strip.querySelectorAll('time[data-shows="countdown"]');
  const meters = strip.querySelectorAll('progress[data-ends]');

  const tick = () => {
    const now = Date.now() - ahead;
    for (const time of countdowns) time.textContent = leftText(Date.parse(time.dateTime) - now);
    for (const meter of meters) {
      meter.value = Math.min(meter.max, Math.max(0, Date.parse(meter.dataset.ends) - now));
    }
  };
  tick();
  setInterval(tick, 1000);
}

/** Describes the remaining time, for example `in 29:05`. */
function leftText(milliseconds) {
  if (milliseconds <= 0) return 'expired: the next request finds that it has ended';
  const seconds = Math.ceil(milliseconds / 1000);
  const two = (number) => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const clockFace = `${minutes}:${two(seconds % 60)}`;
  const days = Math.floor(hours / 24);
  if (days > 1) return `in ${days} days`;
  return hours > 0 ? `in ${hours}:${clockFace.padStart(5, '0')}` : `in ${clockFace}`;
}
