// Charts for overviews, drawn on a canvas; the tooltip is drawn too, because the content policy forbids inline styles.
import * as echarts from 'echarts/core';
import { BarChart, LineChart, MapChart } from 'echarts/charts';
import {
  DatasetComponent,
  GeoComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';

echarts.use([
  BarChart,
  LineChart,
  MapChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  DatasetComponent,
  VisualMapComponent,
  MarkLineComponent,
  GeoComponent,
  CanvasRenderer,
]);
echarts.registerTheme('xirang', {
  color: ['#1B5FC9', '#5F7391', '#8DB3EA', '#A98544'],
  textStyle: { fontFamily: '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif', color: '#525D70' },
  categoryAxis: {
    axisLine: { lineStyle: { color: '#C6CDD9' } },
    axisTick: { show: false },
    axisLabel: { color: '#626C80', fontSize: 12 },
  },
  valueAxis: { axisLabel: { color: '#626C80', fontSize: 12 }, splitLine: { lineStyle: { color: '#EBEEF3' } } },
  tooltip: { renderMode: 'richText' },
});
window.echarts = echarts;
