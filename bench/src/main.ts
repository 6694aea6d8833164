import { parseArgs } from 'node:util';
import { measure, SECTIONS, type Section } from './measure/index.ts';
import { FULL, QUICK } from './measure/plan.ts';
import { checkSizes } from './report/budget.ts';
import { printTargets } from './report/check.ts';
import { readResults, writeReport } from './report/files.ts';
import { markdownOf } from './report/markdown.ts';
import { fillPages } from './report/pages.ts';
import { plotOf, THEMES } from './report/plot.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    check: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    sizes: { type: 'boolean', default: false },
  },
});

if (values.check) {
  process.exitCode = printTargets(readResults()) ? 0 : 1;
} else if (values.sizes) {
  process.exitCode = (await checkSizes()) ? 0 : 1;
} else if (values.report) {
  writeReport(readResults());
  fillPages(readResults());
} else {
  const results = await measure(values.quick ? QUICK : FULL, sectionsOf(values.only), (what) =>
    console.error(`measuring ${what}`),
  );
  if (values.quick) {
    const length = markdownOf(results).length + plotOf(results, THEMES.light).length;
    console.log(
      `Everything ran, and gave a report of ${length} characters. The figures of a quick run mean nothing.`,
    );
  } else {
    const all = values.only === undefined ? results : { ...readResults(), ...results };
    writeReport(all);
    fillPages(all);
    printTargets(all);
  }
}

function sectionsOf(list: string | undefined): readonly Section[] {
  if (list === undefined) return SECTIONS;
  return list.split(',').map((name) => {
    const section = SECTIONS.find((each) => each === name);
    if (section === undefined) throw new Error(`--only takes some of ${SECTIONS.join(',')}, not ${name}`);
    return section;
  });
}
