// The charts that the pages draw, and nothing else: 210 kB gzipped instead of 370.
// bin/assets.mjs bundles this to app/static/vendor/echarts.min.js, which sets `echarts`.

import { BarChart, FunnelChart, HeatmapChart, LineChart, PieChart } from "echarts/charts";
import {
  AriaComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import { use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, FunnelChart, HeatmapChart, LineChart, PieChart]);
use([AriaComponent, DatasetComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent]);
use([SVGRenderer]);

export { connect, getInstanceByDom, init } from "echarts/core";
