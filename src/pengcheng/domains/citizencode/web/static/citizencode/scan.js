// Scanning with the camera. A browser that cannot read codes sends pictures to the city instead.
const form = document.querySelector("[data-scan]");

if (form && navigator.mediaDevices?.getUserMedia) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  const words = part("words").dataset;
  const video = part("video");
  const field = form.elements.namedItem("text");
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  let stream = null;

  const detector = async () => {
    if (!("BarcodeDetector" in window)) return null;
    const formats = await window.BarcodeDetector.getSupportedFormats();
    return formats.includes("qr_code") ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null;
  };

  const sent = async () => {
    const canvas = document.createElement("canvas");
    const scale = Math.min(1, 1000 / Math.max(video.videoWidth, 1));
    canvas.width = video.videoWidth * scale;
    canvas.height = video.videoHeight * scale;
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    if (!picture) return "";
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
    body.set("picture", picture, "camera.jpg");
    const answer = await fetch(form.dataset.read, { method: "POST", body });
    return answer.ok ? (await answer.json()).text : "";
  };

  const look = async () => {
    const own = await detector();
    while (stream) {
      const text = own ? (await own.detect(video))[0]?.rawValue : await sent();
      if (text) {
        for (const track of stream.getTracks()) track.stop();
        stream = null;
        field.value = text;
        form.requestSubmit();
        return;
      }
      await pause(own ? 150 : 700);
    }
  };

  part("offer").hidden = false;
  part("open").addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      part("camera").hidden = false;
      part("offer").hidden = true;
      part("says").textContent = words.looking;
      await video.play();
      await look();
    } catch {
      stream = null;
      part("camera").hidden = true;
      part("offer").hidden = false;
      part("says").textContent = words.refused;
    }
  });
}
