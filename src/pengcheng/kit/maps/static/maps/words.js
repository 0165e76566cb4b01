/* What the map itself says. Pages speak gettext; a module of the map carries its few words along. */
const WORDS = {
  zh: {
    title: "地图",
    zoomIn: "放大",
    zoomOut: "缩小",
    north: "拖动旋转，点击恢复正北",
    close: "关闭",
    scroll: "按住 Ctrl 键并滚动可缩放地图",
    fingers: "用两根手指移动地图",
    source: "底图数据：",
    datum: "坐标系：",
    list: "以列表显示",
    none: "目前没有内容。",
    failed: "此浏览器无法显示交互地图。",
    missing: "底图尚未生成。管理员可运行 pengcheng map build。",
  },
  en: {
    title: "Map",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    north: "Drag to turn the map, click to reset north",
    close: "Close",
    scroll: "Use Ctrl + scroll to zoom the map",
    fingers: "Use two fingers to move the map",
    source: "Base map data: ",
    datum: "Datum: ",
    list: "Show as a list",
    none: "There is nothing at present.",
    failed: "This browser cannot show the interactive map.",
    missing: "The base map has not been built. The administrator can run: pengcheng map build",
  },
};

export function words(language) {
  return language.startsWith("en") ? WORDS.en : WORDS.zh;
}

export function controlWords(language) {
  const say = words(language);
  return {
    "Map.Title": say.title,
    "NavigationControl.ZoomIn": say.zoomIn,
    "NavigationControl.ZoomOut": say.zoomOut,
    "NavigationControl.ResetBearing": say.north,
    "Popup.Close": say.close,
    "CooperativeGesturesHandler.WindowsHelpText": say.scroll,
    "CooperativeGesturesHandler.MacHelpText": say.scroll,
    "CooperativeGesturesHandler.MobileHelpText": say.fingers,
  };
}
