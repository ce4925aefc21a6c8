// The paper: pointers become strokes, strokes become black lines on white.

// Draws strokes on a canvas of any side.
export function paint(context, strokes) {
  const side = context.canvas.width;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, side, side);
  context.lineCap = context.lineJoin = 'round';
  context.strokeStyle = '#000';
  for (const { width, points } of strokes) {
    context.lineWidth = Math.max(1, width * side);
    context.beginPath();
    context.moveTo(points[0][0] * side, points[0][1] * side);
    for (const [x, y] of points.length > 1 ? points.slice(1) : points) context.lineTo(x * side, y * side);
    context.stroke();
  }
}

// Gray levels of the drawing, side * side bytes.
export function levels(strokes, side) {
  const context = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true });
  paint(context, strokes);
  return context.getImageData(0, 0, side, side).data.filter((_, i) => i % 4 === 0);
}

// changed(ended): while a stroke is drawn, and when it ends.
export function listenToPen(canvas, strokes, widthNow, changed) {
  let pen = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (pen !== null || event.button > 0) return;
    pen = event.pointerId;
    canvas.setPointerCapture(pen);
    strokes.begin(widthNow(), ...place(event));
    changed(false);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (event.pointerId !== pen) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length ? events : [event]) strokes.extend(...place(one));
    changed(false);
  });
  for (const name of ['pointerup', 'pointercancel']) {
    canvas.addEventListener(name, (event) => {
      if (event.pointerId !== pen) return;
      pen = null;
      changed(true);
    });
  }
}
